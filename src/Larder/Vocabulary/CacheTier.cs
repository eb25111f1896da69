namespace Larder;

/// <summary>Where a value came from.</summary>
public enum CacheTier
{
    /// <summary>Nowhere: there is no value.</summary>
    None = 0,

    /// <summary>This process's memory.</summary>
    Memory = 1,

    /// <summary>A disk of this machine.</summary>
    Disk = 2,

    /// <summary>A store that nodes share: Redis, or whatever the cache is built on.</summary>
    Remote = 3,

    /// <summary>The factory of this call, or of a load that this call joined.</summary>
    Source = 4,
}
