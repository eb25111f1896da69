using System.Buffers;

namespace Larder.Ports;

/// <summary>The answer to an <see cref="AuthorityCommand"/>.</summary>
public readonly struct AuthorityAnswer
{
    /// <summary>What the key holds.</summary>
    public AuthorityKind Kind { get; init; }

    /// <summary>The token that it carries; the nonce of a registry.</summary>
    public FenceToken Token { get; init; }

    /// <summary>A number, as the verb says.</summary>
    public long Number { get; init; }

    /// <summary>The milliseconds that are left of a lease or a hold; zero when they are not known.</summary>
    public long Milliseconds { get; init; }

    /// <summary>The bytes of a value, valid while the answer is being handled.</summary>
    public ReadOnlySequence<byte> Body { get; init; }

    /// <summary>The nodes of a registry; null when the verb does not ask for them.</summary>
    public IReadOnlyList<RegistryNode>? Nodes { get; init; }
}
