namespace Larder.Redis;

/// <summary>What became of a conditional store.</summary>
public enum CascacheOutcome
{
    /// <summary>The value is stored.</summary>
    Stored = 0,

    /// <summary>The key was removed since the snapshot; nothing is stored. This is no error: the value may have been read before the change.</summary>
    Changed = 1,

    /// <summary>Redis did not answer, now or when the snapshot was taken: whether the value is stored is not known. If it is, it is of the observed generation and as good as any.</summary>
    Unavailable = 2,

    /// <summary>The store is switched off; nothing is stored.</summary>
    Disabled = 3,

    /// <summary>The encoded value is larger than the limit; nothing is stored.</summary>
    TooLarge = 4,
}
