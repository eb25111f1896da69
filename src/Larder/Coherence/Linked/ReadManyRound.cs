using Larder.Ports;

namespace Larder.Coherence;

/// <summary>Several keys are read in one go. Each has its own observation, armed by its own answer.</summary>
internal sealed class ReadManyRound(Line line, long epoch, ReadOnlyMemory<TierObservation?> observations) : Round<TierReading[]>(line, epoch)
{
    private readonly TierReading[] _readings = new TierReading[observations.Length];
    private int _remaining = observations.Length;

    internal void Send(ReadOnlySpan<string> keys)
    {
        var steps = new AuthorityCommand[keys.Length];
        for (var i = 0; i < steps.Length; i++)
        {
            var observation = observations.Span[i];
            Line.ArmAtSend(observation);
            steps[i] = new Step(this, i) { Verb = observation is null ? AuthorityVerb.Read : AuthorityVerb.TrackedRead, Key = keys[i] };
        }

        Line.Send(Epoch, steps);
    }

    internal override void Answered(Step step, in AuthorityAnswer answer)
    {
        if (Line.CanKeep(answer.Kind))
        {
            observations.Span[step.Index]?.Arm();
        }

        if (!IsOver)
        {
            _readings[step.Index] = PooledBody.Reading(answer);
        }

        Settle();
    }

    internal override void Moved(Step step, Line strays)
    {
        observations.Span[step.Index]?.Unwatch();
        base.Moved(step, strays);
    }

    internal override void Failed(Step step, Exception? failure)
    {
        _readings[step.Index] = TierReading.Unavailable(failure);
        Settle();
    }

    private void Settle()
    {
        if (Interlocked.Decrement(ref _remaining) == 0 && !TryEnd(_readings))
        {
            foreach (ref var reading in _readings.AsSpan())
            {
                reading.Dispose();
            }
        }
    }
}
