using Larder.Ports;

namespace Larder.Coherence;

/// <summary>Several keys are read in one go. Each has its own observation, armed by its own answer.</summary>
internal sealed class ReadManyRound(Line line, long epoch, ReadOnlyMemory<TierObservation?> observations) : Round<TierReading[]>(line, epoch)
{
    private readonly TierReading[] _readings = new TierReading[observations.Length];
    private int _remaining = observations.Length;

    internal void Send(ReadOnlyMemory<string> keys)
    {
        // One who observes makes all of them tracked: what is announced without need drops nothing that could stay.
        var isTracked = false;
        foreach (var observation in observations.Span)
        {
            if (observation is not null)
            {
                isTracked = true;
                Line.ArmAtSend(observation);
            }
        }

        Line.Send(Epoch, new AuthorityCommand(isTracked ? AuthorityVerb.TrackedReadMany : AuthorityVerb.ReadMany, this) { Keys = keys });
    }

    public override void Answered(int index, in AuthorityAnswer answer)
    {
        if (Line.CanKeep(answer.Kind))
        {
            observations.Span[index]?.Arm();
        }

        if (!IsOver)
        {
            _readings[index] = PooledBody.Reading(answer);
        }

        Settle();
    }

    protected override void Moved(in AuthorityCommand command, Line strays)
    {
        observations.Span[command.Index]?.Unwatch();
        base.Moved(command, strays);
    }

    protected override void Lost(int index, Exception? failure)
    {
        _readings[index] = TierReading.Unavailable(failure);
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
