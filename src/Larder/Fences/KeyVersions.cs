namespace Larder.Fences;

/// <summary>
/// Counts the changes of keys for those who took a snapshot, in a fixed number of counters that keys share: a key that was changed always differs, a key that was not may differ because of
/// another one. That can refuse a store, and never lets one through. Looked at only when something is stored. Made when the first snapshot is taken.
/// </summary>
internal sealed class KeyVersions
{
    private const int Count = 1 << 16;

    // Each counter belongs to keys of one stripe, under whose lock it is read and written.
    private int[]? _versions;

    /// <summary>The version of the key now; from now on changes are counted. Under the key's stripe lock.</summary>
    internal int Take(string key)
    {
        var versions = Volatile.Read(ref _versions);
        if (versions is null)
        {
            var made = new int[Count];
            versions = Interlocked.CompareExchange(ref _versions, made, null) ?? made;
        }

        return versions[Slot(key)];
    }

    /// <summary>The key has changed. Under its stripe lock.</summary>
    internal void Bump(string key)
    {
        if (Volatile.Read(ref _versions) is { } versions)
        {
            versions[Slot(key)]++;
        }
    }

    private static int Slot(string key) => key.GetHashCode(StringComparison.Ordinal) & (Count - 1);
}
