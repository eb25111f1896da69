using Larder.Ports;

namespace Larder.Coherence;

/// <summary>One key is read: the whole of it, or only what it carries.</summary>
internal sealed class ReadRound(Line line, long epoch, TierObservation? observation) : Round<TierReading>(line, epoch)
{
    internal void Send(AuthorityVerb verb, string key)
    {
        Line.ArmAtSend(observation);
        Line.Send(Epoch, new Step(this) { Verb = verb, Key = key });
    }

    internal override void Answered(Step step, in AuthorityAnswer answer)
    {
        if (Line.CanKeep(answer.Kind))
        {
            observation?.Arm();
        }

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

    internal override void Moved(Step step, Line strays)
    {
        observation?.Unwatch();
        base.Moved(step, strays);
    }

    internal override void Failed(Step step, Exception? failure) => TryEnd(TierReading.Unavailable(failure));
}
