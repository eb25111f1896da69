namespace Larder;

/// <summary>What a call leaves out. Counts for the call that carries it, not for the stored entry.</summary>
[Flags]
public enum CacheSkip
{
    /// <summary>Nothing is left out.</summary>
    None = 0,

    /// <summary>Memory is not read: the call goes to the source, or joins a load that is already running.</summary>
    MemoryRead = 1,

    /// <summary>The value is not kept in memory. A Set still drops the older value from it.</summary>
    MemoryWrite = 2,

    /// <summary>Memory is neither read nor written.</summary>
    Memory = MemoryRead | MemoryWrite,

    /// <summary>The disk is not read.</summary>
    DiskRead = 4,

    /// <summary>The value is not kept on the disk.</summary>
    DiskWrite = 8,

    /// <summary>The disk is neither read nor written.</summary>
    Disk = DiskRead | DiskWrite,

    /// <summary>The store that nodes share is not read: the source is asked as if nothing were there. What it answers is still stored under that store's fences.</summary>
    RemoteRead = 16,

    /// <summary>
    /// The value is not stored in the store that nodes share. Memory may keep what was loaded; a Set only removes the older value everywhere. Removals are never skipped.
    /// </summary>
    RemoteWrite = 32,

    /// <summary>The store that nodes share is neither read nor written.</summary>
    Remote = RemoteRead | RemoteWrite,

    /// <summary>
    /// The source is not asked: a miss answers with the default value and <see cref="CacheStatus.Absent"/>, and no
    /// refresh is started.
    /// </summary>
    Source = 64,
}
