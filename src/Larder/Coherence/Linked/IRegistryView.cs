using Larder.Ports;

namespace Larder.Coherence;

/// <summary>What a writer knows of the registry whose nodes it waits for.</summary>
internal interface IRegistryView
{
    /// <summary>False when the nodes may serve for longer than this writer would wait.</summary>
    bool CanOutwait { get; }

    /// <summary>After how long nobody serves any more who has not renewed, in milliseconds.</summary>
    long OutwaitsAfter { get; }

    /// <summary>
    /// True when this registry was there for so long, on the connection of that epoch, that every node which serves from memory is in it: one that was made anew does not know them yet.
    /// </summary>
    bool Trusts(FenceToken nonce, long since, long epoch);

    /// <summary>True for a node whose acknowledgement counts.</summary>
    bool WaitsFor(in RegistryNode node);
}
