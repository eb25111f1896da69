namespace Larder.Memory;

/// <summary>Why a value left a map, or was not taken in, without having been removed or replaced by a caller.</summary>
public enum EvictionReason
{
    /// <summary>The bound was reached, and the policy expected less of this entry than of the others.</summary>
    Capacity = 0,

    /// <summary>The entry's time had run out.</summary>
    Expired = 1,

    /// <summary>The value alone is heavier than the whole bound, and was refused.</summary>
    TooHeavy = 2,

    /// <summary>The map was asked to trim itself.</summary>
    Trimmed = 3,
}
