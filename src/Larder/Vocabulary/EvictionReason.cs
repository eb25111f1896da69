namespace Larder;

/// <summary>Why an entry left memory without having been removed or replaced.</summary>
public enum EvictionReason
{
    /// <summary>The memory limit was reached, and less was expected of this entry than of the others.</summary>
    Capacity = 0,

    /// <summary>The entry's time had run out.</summary>
    Expired = 1,

    /// <summary>A fence of the entry (tag or whole cache) had moved, so that it could not be served any more.</summary>
    Invalidated = 2,

    /// <summary>The stored form could not be turned back into a value.</summary>
    Unreadable = 3,
}
