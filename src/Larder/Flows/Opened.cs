using System.Diagnostics.CodeAnalysis;
using Larder.Sealing;

namespace Larder.Flows;

/// <summary>A body from a lower tier that could be opened: what it says, with the payload still encoded.</summary>
internal readonly struct Opened(string key, in Envelope envelope)
{
    private readonly Envelope _envelope = envelope;

    internal string Key { get; } = key;

    /// <summary>By reference, for it is large.</summary>
    [UnscopedRef]
    internal ref readonly Envelope Envelope => ref _envelope;
}
