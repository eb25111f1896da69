using Larder.Ports;

namespace Larder.Coherence;

/// <summary>What the registry answered behind a change: carried out after it, on the same connection.</summary>
/// <param name="Epoch">The connection.</param>
/// <param name="SentAt">Before the sending.</param>
/// <param name="AnsweredAt">At the answer, or later.</param>
/// <param name="Covers">How many changes of this node had been answered before it.</param>
/// <param name="Answer">The answer.</param>
internal sealed record Tail(long Epoch, long SentAt, long AnsweredAt, long Covers, AuthorityAnswer Answer);
