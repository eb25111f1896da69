using Larder.Ports;

namespace Larder.Coherence;

/// <summary>One command of a <see cref="Round"/>.</summary>
internal sealed class Step(Round round, int index = 0) : AuthorityCommand
{
    /// <summary>Which of the round's commands this is.</summary>
    internal int Index { get; } = index;

    public override void Answered(in AuthorityAnswer answer) => round.Answered(this, answer);

    public override void Failed(Exception? failure)
    {
        // First the connection: by the time that anybody learns of the failure nothing of it counts any more.
        round.Line.Fault(round.Epoch, failure);
        round.Failed(this, failure);
    }
}
