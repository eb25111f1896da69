using Larder.Ports;

namespace Larder.Coherence;

/// <summary>One key is read: the whole of it, or only what it carries.</summary>
internal sealed class ReadRound(Line line, long epoch, TierObservation? observation) : Round<TierReading>(line, epoch)
{
    internal void Send(AuthorityVerb verb, string key)
    {
        Line.ArmAtSend(observation);
        Line.Send(Epoch, new AuthorityCommand(verb, this) { Key = key });
    }

    public override void Answered(int index, in AuthorityAnswer answer)
    {
        observation?.Arm();
        if (IsOver)
        {
            return;
        }

        var reading = PooledBody.Reading(answer);
        if (!TryEnd(reading))
        {
            reading.Dispose();
        }
    }

    protected override void Lost(int index, Exception? failure) => TryEnd(TierReading.Unavailable(failure));
}
