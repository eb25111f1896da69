using System.Buffers;
using Larder.Ports;

namespace Larder.Coherence;

/// <summary>Several keys are read in one go. Each has its own observation, armed by its own answer. The round owns the borrowed memory of all bodies.</summary>
internal sealed class ReadManyRound(Line line, long epoch, ReadOnlyMemory<TierObservation?> observations)
    : Round<TierReading[]>(line, epoch), IDisposable
{
    private readonly TierReading[] _readings = new TierReading[observations.Length];
    private readonly PooledBodies _bodies = new(observations.Length);
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

        if (answer.Kind == AuthorityKind.Value && !IsOver)
        {
            _readings[index] = new TierReading(TierStatus.Done, answer.Token, Copy(answer), owner: this);
        }
        else if (answer.Kind == AuthorityKind.Hold)
        {
            _readings[index] = new TierReading(TierStatus.OnHold);
        }

        Settle();
    }

    /// <summary>The reader of one of the results needs its body no more.</summary>
    public void Dispose() => _bodies.Release();

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

    private ReadOnlySequence<byte> Copy(in AuthorityAnswer answer)
    {
        if (Line.Strays is null)
        {
            return _bodies.Copy(answer.Body);
        }

        // What lives elsewhere is answered on another thread.
        lock (_bodies)
        {
            return _bodies.Copy(answer.Body);
        }
    }

    private void Settle()
    {
        if (Interlocked.Decrement(ref _remaining) != 0)
        {
            return;
        }

        _bodies.Complete();
        if (!TryEnd(_readings))
        {
            foreach (ref var reading in _readings.AsSpan())
            {
                reading.Dispose();
            }
        }
    }
}
