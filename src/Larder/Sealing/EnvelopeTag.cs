namespace Larder.Sealing;

/// <summary>A tag of a stored entry, and the fence of the tag that was current before the entry was loaded.</summary>
internal readonly record struct EnvelopeTag(string Tag, FenceToken Fence);
