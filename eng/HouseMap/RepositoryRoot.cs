namespace HouseMap;

/// <summary>The folder that holds Larder.slnx, found from wherever the command or the tests were started.</summary>
internal static class RepositoryRoot
{
    private const string Marker = "Larder.slnx";

    public static string Find() =>
        Above(Directory.GetCurrentDirectory())
        ?? Above(AppContext.BaseDirectory)
        ?? throw new HouseException($"No {Marker} was found above {Directory.GetCurrentDirectory()}; run this inside the repository.");

    private static string? Above(string start)
    {
        for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, Marker)))
            {
                return folder.FullName;
            }
        }

        return null;
    }
}
