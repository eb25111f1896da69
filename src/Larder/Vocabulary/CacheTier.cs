namespace Larder;

/// <summary>Where a value came from.</summary>
public enum CacheTier
{
    /// <summary>Nowhere: there is no value.</summary>
    None = 0,

    /// <summary>This process's memory.</summary>
    Memory = 1,

    /// <summary>The factory of this call, or of a load that this call joined.</summary>
    Source = 4,
}
