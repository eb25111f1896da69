using System.Buffers;

namespace Larder.Ports;

/// <summary>
/// One command to a shared store, and who is told of its answer. The fields that count depend on <see cref="Verb"/>. A link that sends later copies what it needs: the body is the caller's again
/// once the command was answered or has failed.
/// </summary>
/// <remarks>A small value on purpose: nothing has to be allocated to send one, and several of them can share one caller.</remarks>
/// <param name="verb">What is to be done.</param>
/// <param name="caller">Who is told of the answer.</param>
/// <param name="index">Which of the caller's commands this is; for a command with <see cref="Keys"/> that of the first key.</param>
public readonly struct AuthorityCommand(AuthorityVerb verb, IAuthorityCaller caller, int index = 0)
{
    /// <summary>What is to be done.</summary>
    public AuthorityVerb Verb { get; } = verb;

    /// <summary>Who is told of the answer.</summary>
    public IAuthorityCaller Caller { get; } = caller;

    /// <summary>What the caller knows this command by; it comes back with the answer. Of a command with <see cref="Keys"/> the n-th key, counted from zero, is answered under Index + n.</summary>
    public int Index { get; } = index;

    /// <summary>The key; for <see cref="AuthorityVerb.Renew"/> and <see cref="AuthorityVerb.Forget"/> the identity of a node. Null when the verb takes none, or takes <see cref="Keys"/>.</summary>
    public string? Key { get; init; }

    /// <summary>The keys of <see cref="AuthorityVerb.ReadMany"/> and <see cref="AuthorityVerb.TrackedReadMany"/>, never none; empty otherwise. They stay as they are until all are answered.</summary>
    public ReadOnlyMemory<string> Keys { get; init; }

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

    /// <summary>How many answers are owed: one, or one for each of <see cref="Keys"/>.</summary>
    public int AnswerCount => Keys.IsEmpty ? 1 : Keys.Length;

    /// <summary>Tells the caller that none of the answers comes; see <see cref="IAuthorityCaller.Failed"/>. Only when none was given yet.</summary>
    /// <param name="failure">Why; may be null.</param>
    public void Fail(Exception? failure)
    {
        for (var i = 0; i < AnswerCount; i++)
        {
            Caller.Failed(Index + i, failure);
        }
    }
}
