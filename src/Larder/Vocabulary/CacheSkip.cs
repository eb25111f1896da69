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

    /// <summary>
    /// The source is not asked: a miss answers with the default value and <see cref="CacheStatus.Absent"/>, and no
    /// refresh is started.
    /// </summary>
    Source = 64,
}
