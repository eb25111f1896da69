using System.Diagnostics;
using System.Globalization;

namespace Larder.Servers;

/// <summary>
/// A temporary folder for one server, below one of this process. Folders of processes that ended without cleaning up are removed on
/// first use, and servers that they left behind are killed; both are recognised by ids in their names.
/// </summary>
internal sealed class ServerFolder : IDisposable
{
    private const string Prefix = "larder-servers-";

    private static readonly Lazy<string> OwnRoot = new(MakeRoot);
    private static int Started;

    internal ServerFolder(string name)
    {
        var number = Interlocked.Increment(ref Started).ToString(CultureInfo.InvariantCulture);
        Path = Directory.CreateDirectory(System.IO.Path.Combine(OwnRoot.Value, $"{number}-{name}")).FullName;
    }

    internal string Path { get; }

    private string ProcessIdFile => System.IO.Path.Combine(Path, "process.id");

    public void Dispose() => Remove(Path);

    internal void Note(int processId) => File.WriteAllText(ProcessIdFile, processId.ToString(CultureInfo.InvariantCulture));

    private static string MakeRoot()
    {
        var temporary = System.IO.Path.GetTempPath();
        foreach (var folder in Directory.EnumerateDirectories(temporary, Prefix + "*"))
        {
            RemoveIfStale(folder);
        }

        var own = System.IO.Path.Combine(temporary, Prefix + Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Remove(own);
        return Directory.CreateDirectory(own).FullName;
    }

    private static void Remove(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (IOException)
        {
            // A dying server may still write; the next process that uses the kit cleans up.
        }
    }

    private static void RemoveIfStale(string root)
    {
        var owner = System.IO.Path.GetFileName(root)[Prefix.Length..];
        if (!int.TryParse(owner, NumberStyles.None, CultureInfo.InvariantCulture, out var ownerId) || (IsAlive(ownerId) && ownerId != Environment.ProcessId))
        {
            return;
        }

        try
        {
            foreach (var file in Directory.EnumerateFiles(root, "process.id", SearchOption.AllDirectories))
            {
                KillIfOurs(file);
            }

            Directory.Delete(root, recursive: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Somebody else's, or being removed by another test process at this moment.
        }
    }

    /// <summary>Kills the server whose id stands in the file, if it still runs in that folder: ids are used again.</summary>
    private static void KillIfOurs(string file)
    {
        if (int.TryParse(File.ReadAllText(file), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            && new DirectoryInfo($"/proc/{id.ToString(CultureInfo.InvariantCulture)}/cwd").LinkTarget == System.IO.Path.GetDirectoryName(file))
        {
            Signals.SendKill(id);
        }
    }

    private static bool IsAlive(int processId)
    {
        try
        {
            using var process = Process.GetProcessById(processId);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
