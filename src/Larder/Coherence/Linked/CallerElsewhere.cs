using Larder.Ports;

namespace Larder.Coherence;

/// <summary>Takes the answer of a command that was carried out where its key lives, for the round that sent it to the home of the key's range before.</summary>
internal sealed class CallerElsewhere(Round round) : IAuthorityCaller
{
    public void Answered(int index, in AuthorityAnswer answer) => round.Answered(index, answer);

    public void Resume(int index) => round.Resume(index);

    public void Failed(int index, Exception? failure) => round.FailedElsewhere(index, failure);
}
