using System.Buffers;

namespace Larder.Ports;

/// <summary>
/// One command to a shared store, with what is to be done with its answer. The fields that count depend on <see cref="Verb"/>. The link reads them while it sends, and keeps no body after
/// <see cref="Answered"/> or <see cref="Failed"/> was called.
/// </summary>
public abstract class AuthorityCommand
{
    /// <summary>What is to be done.</summary>
    public AuthorityVerb Verb { get; init; }

    /// <summary>The key; for <see cref="AuthorityVerb.Renew"/> and <see cref="AuthorityVerb.Forget"/> the identity of a node. Null when the verb takes none.</summary>
    public string? Key { get; init; }

    /// <summary>Which fence, for the verbs that take one.</summary>
    public FenceName Fence { get; init; }

    /// <summary>The fresh token that the command writes.</summary>
    public FenceToken Token { get; init; }

    /// <summary>The token that must be there.</summary>
    public FenceToken Expected { get; init; }

    /// <summary>A lifetime.</summary>
    public long Milliseconds { get; init; }

    /// <summary>A number, as the verb says.</summary>
    public long Number { get; init; }

    /// <summary>The bytes of a value.</summary>
    public ReadOnlySequence<byte> Body { get; init; }

    /// <summary>
    /// The store has answered. Called on the thread that reads the connection, in the order of its stream: returns quickly, never throws, and runs nothing of the application's.
    /// </summary>
    /// <param name="answer">The answer. Its body is valid during the call only.</param>
    public abstract void Answered(in AuthorityAnswer answer);

    /// <summary>
    /// There will be no answer: the connection is lost, the store refused, or the answer made no sense. Whether the command was carried out is not known. May be called on any thread; never throws.
    /// </summary>
    /// <param name="failure">Why, for the log; without keys, values or secrets. May be null.</param>
    public abstract void Failed(Exception? failure);
}
