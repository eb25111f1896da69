namespace Larder.Entries;

/// <summary>
/// The angle from which callers see a cache: the cache itself, or an <see cref="ICache{T}"/> over it with a key
/// prefix, defaults and a tag of its own.
/// </summary>
internal sealed class CacheView(string prefix, EntrySettings defaults, string? tag)
{
    internal string Prefix { get; } = prefix;

    internal EntrySettings Defaults { get; } = defaults;

    /// <summary>Whether a call without options may be answered straight from memory.</summary>
    internal bool IsPlain { get; } = defaults.IsPlain;

    /// <summary>The tag that every entry stored through this view carries; null for the cache itself.</summary>
    internal string? Tag { get; } = tag;
}
