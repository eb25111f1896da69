namespace Larder;

/// <summary>
/// What a key was like when a snapshot of it was taken, see <see cref="ICache.SnapshotAsync"/>: hand it back with a value that was read from the source afterwards, and the value is stored only if nobody has
/// changed the key since. Opaque, small, bound to its cache and its key; it holds no value and needs no disposal.
/// </summary>
/// <remarks>The default value, <see cref="IsNone"/>, never matches anything: storing with it answers <see cref="StoreOutcome.FencedOff"/>.</remarks>
public readonly struct Fence
{
    internal Fence(object owner, string key, FenceToken token, int version, Fences.FenceStamp era, Fences.FenceStamp anyTag)
    {
        Owner = owner;
        Key = key;
        Token = token;
        Version = version;
        Era = era;
        AnyTag = anyTag;
    }

    /// <summary>True when there is nothing that could be matched: the key was on hold, or the authority could not be asked.</summary>
    public bool IsNone => Owner is null;

    internal object? Owner { get; }

    internal string? Key { get; }

    internal FenceToken Token { get; }

    internal int Version { get; }

    internal Fences.FenceStamp Era { get; }

    internal Fences.FenceStamp AnyTag { get; }
}
