namespace Larder.HitRatio;

internal static class Program
{
    private static int Main(string[] words) => HitRatioCommand.Run(words, Console.Out, Console.Error);
}
