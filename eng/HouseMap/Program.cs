namespace HouseMap;

internal static class Program
{
    private static int Main(string[] arguments) =>
        MapCommand.Run(arguments, RepositoryRoot.Find, Console.Out, Console.Error);
}
