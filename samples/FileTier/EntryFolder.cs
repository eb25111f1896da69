using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace FileTier;

/// <summary>A folder with one file for each entry. Used by one at a time.</summary>
internal sealed class EntryFolder(string folder, Func<long> now)
{
    internal async Task<FileEntry> ReadAsync(string name, CancellationToken cancellationToken)
    {
        byte[] file;
        try
        {
            file = await File.ReadAllBytesAsync(PathOf(name), cancellationToken);
        }
        catch (FileNotFoundException)
        {
            return default;
        }

        var entry = FileEntry.Read(file);
        if (entry.Kind != EntryKind.None && entry.EndsAt > now())
        {
            return entry;
        }

        Delete(name);
        return default;
    }

    /// <summary>Writes beside the old file and takes its place in one step, so that a crash leaves the one or the other.</summary>
    internal async Task WriteAsync(string name, FileEntry entry)
    {
        // Not cancelled half-way: the caller may go, the write is finished.
        var path = PathOf(name);
        await File.WriteAllBytesAsync(path + ".new", entry.Write(), CancellationToken.None);
        File.Move(path + ".new", path, overwrite: true);
    }

    internal void Delete(string name) => File.Delete(PathOf(name));

    // A key may have any character and any length; a file name may not.
    private string PathOf(string name) =>
        Path.Combine(folder, Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(name.AsSpan()))));
}
