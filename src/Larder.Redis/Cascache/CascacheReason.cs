namespace Larder.Redis;

/// <summary>Why a <see cref="CascacheStore{T}"/> answers no value, or rejects a bulk. What is marked "deleted" heals itself: the frame is gone afterwards.</summary>
public enum CascacheReason
{
    /// <summary>There is a value.</summary>
    None = 0,

    /// <summary>Nothing is stored.</summary>
    Absent = 1,

    /// <summary>The store is switched off.</summary>
    Disabled = 2,

    /// <summary>The bytes are no frame of cascache v1 of the right kind. Deleted.</summary>
    Corrupt = 3,

    /// <summary>The value is of another generation than the current one: the key was removed after it had been read. Deleted.</summary>
    GenerationMoved = 4,

    /// <summary>The key of the generation holds something else than a whole number. The value is kept, because it may be good.</summary>
    GenerationUnreadable = 5,

    /// <summary>The codec threw. Deleted.</summary>
    ValueUnreadable = 6,

    /// <summary>The value is larger than this store's limit. It is kept for others, whose limit may be higher.</summary>
    TooLarge = 7,

    /// <summary>A bulk lacks a key that was asked for. Deleted.</summary>
    MemberMissing = 8,

    /// <summary>Redis did not answer, or answered an error.</summary>
    Unavailable = 9,
}
