using Larder.Fences;

namespace Larder.Entries;

/// <summary>What every entry is stored with besides its value.</summary>
internal readonly struct EntryHead(string key, FenceStamp cacheStamp, TagStamp[]? tags, Lifetime lifetime, long createdAt)
{
    internal string Key { get; } = key;

    internal FenceStamp CacheStamp { get; } = cacheStamp;

    internal TagStamp[]? Tags { get; } = tags;

    internal Lifetime Lifetime { get; } = lifetime;

    internal long CreatedAt { get; } = createdAt;

    internal Validators? Validators { get; init; }

    /// <summary>How many of <see cref="Tags"/>, at their end, are not the entry's own.</summary>
    internal int InheritedTags { get; init; }

    internal EntryHead WithLifetime(Lifetime lifetime) => new(Key, CacheStamp, Tags, lifetime, CreatedAt) { Validators = Validators, InheritedTags = InheritedTags };
}
