namespace Larder.Sealing;

/// <summary>What a body says about itself. The bits stand in stored bodies (docs/wire-format.md): never change or reuse one.</summary>
[Flags]
internal enum EnvelopeFlags : byte
{
    None = 0,

    /// <summary>The source said that there is no such thing.</summary>
    NotFound = 1 << 0,

    /// <summary>Freshness slides: the sliding time is there.</summary>
    Sliding = 1 << 1,

    /// <summary>Hits start an early refresh: the age at which they do is there.</summary>
    RefreshAhead = 1 << 2,

    /// <summary>Tags and their fences are there.</summary>
    Tagged = 1 << 3,

    /// <summary>An ETag, a last-modified time, or both are there.</summary>
    Validators = 1 << 4,

    /// <summary>Kept free for payloads that are compressed.</summary>
    Compressed = 1 << 6,

    /// <summary>Kept free for payloads that are encrypted.</summary>
    Encrypted = 1 << 7,

    /// <summary>All that have a meaning.</summary>
    Known = NotFound | Sliding | RefreshAhead | Tagged | Validators | Compressed | Encrypted,
}
