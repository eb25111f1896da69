namespace Larder.Testing;

/// <summary>The calls of a tier that a fault may concern.</summary>
[Flags]
public enum TierOperations
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Reading a key, or only what it carries.</summary>
    Get = 1,

    /// <summary>Reading several keys in one go.</summary>
    GetMany = 2,

    /// <summary>Asking for the right to load.</summary>
    Claim = 4,

    /// <summary>Filling under that right.</summary>
    Fill = 8,

    /// <summary>Giving that right back.</summary>
    Release = 16,

    /// <summary>Storing whatever is there.</summary>
    Set = 32,

    /// <summary>Storing if a token is still there.</summary>
    Replace = 64,

    /// <summary>Asking for the token.</summary>
    Snapshot = 128,

    /// <summary>Removing keys.</summary>
    Remove = 256,

    /// <summary>Ending the freshness of a value.</summary>
    Expire = 512,

    /// <summary>Adding to a number.</summary>
    Increment = 1024,

    /// <summary>Reading fences.</summary>
    ReadFences = 2048,

    /// <summary>Moving a fence.</summary>
    MoveFence = 4096,

    /// <summary>Waiting until no other node serves what was changed.</summary>
    Synchronize = 8192,

    /// <summary>Dropping all copies.</summary>
    Clear = 16384,

    /// <summary>Putting a key on hold.</summary>
    Hold = 32768,

    /// <summary>Taking a lock.</summary>
    Lock = 65536,

    /// <summary>Telling other nodes of removals, for the feed.</summary>
    Publish = 131072,

    /// <summary>Everything that only looks.</summary>
    Reads = Get | GetMany | ReadFences | Snapshot,

    /// <summary>Everything that stores a value.</summary>
    Stores = Fill | Set | Replace,

    /// <summary>Everything that makes a value invalid without storing another.</summary>
    Removals = Remove | Expire | MoveFence | Clear | Hold,

    /// <summary>Every call.</summary>
    All = Reads | Stores | Removals | Claim | Release | Increment | Synchronize | Lock | Publish,
}
