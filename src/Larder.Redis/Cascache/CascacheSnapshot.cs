using System.Runtime.InteropServices;

namespace Larder.Redis;

/// <summary>
/// The generation of a key at the time when it was asked for. Take it before the value is read from the source. That of a time when Redis did not answer is none: nothing is stored with it. The default is no snapshot, and is refused.
/// </summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct CascacheSnapshot
{
    private readonly bool _isKnown;

    internal CascacheSnapshot(string key, string space, ulong? generation)
    {
        Key = key;
        Space = space;
        Generation = generation.GetValueOrDefault();
        _isKnown = generation is not null;
    }

    /// <summary>The key; null for the default.</summary>
    public string? Key { get; }

    /// <summary>The generation: how often the key has been removed; 0 for a key that never was, and when <see cref="IsNone"/>.</summary>
    public ulong Generation { get; }

    /// <summary>True when Redis did not tell the generation.</summary>
    public bool IsNone => !_isKnown;

    internal string? Space { get; }
}
