using System.IO.MemoryMappedFiles;

namespace Larder.Node;

/// <summary>
/// The source behind the caches of several processes: a file mapped into all of them, with one version for each key. A commit raises the version;
/// what is read is the version. It is as fast as memory, so that a cache that is wrong has every chance to show it.
/// </summary>
public sealed unsafe class SharedDatabase : IDisposable
{
    /// <summary>How many keys there are.</summary>
    public const int Keys = 64;

    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly long* _versions;

    /// <summary>Opens the database, and makes it if it is not there.</summary>
    public SharedDatabase(string path)
    {
        _file = MemoryMappedFile.CreateFromFile(path, FileMode.OpenOrCreate, mapName: null, Keys * sizeof(long));
        _view = _file.CreateViewAccessor();
        byte* start = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        _versions = (long*)start;
    }

    /// <summary>The present version of a key.</summary>
    public long Read(int key) => Volatile.Read(ref _versions[Checked(key)]);

    /// <summary>Changes the key; its new version.</summary>
    public long Commit(int key) => Interlocked.Increment(ref _versions[Checked(key)]);

    /// <inheritdoc/>
    public void Dispose()
    {
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
    }

    private static int Checked(int key)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(key);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(key, Keys);
        return key;
    }
}
