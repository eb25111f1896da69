using Larder.Ports;

namespace Larder.Coherence;

/// <summary>
/// A value is stored in the place of a token, and the key is looked at once more, tracked, in the same pipeline: the store's own announcement of the fill ends the tracking that was there, and
/// memory may take only what the look found.
/// </summary>
internal sealed class FillRound(Line line, long epoch, TierObservation? observation, FenceToken token) : Round<StoreOutcome>(line, epoch)
{
    /// <summary>True for the fill of a Set or a compare-and-set, which other nodes must follow; false for that of a load.</summary>
    internal bool IsChange { get; init; }

    private PooledBody? _copy;
    private volatile bool _isStored;
    private volatile bool _isElsewhere;

    /// <summary>Sends it; <paramref name="farewell"/> goes along behind.</summary>
    internal void Send(string key, FenceToken expected, TierWrite write, bool mayBeLeft, AuthorityCommand? farewell = null)
    {
        // Who leaves early takes the body along, while the link may still be reading it.
        _copy = mayBeLeft ? PooledBody.Copy(write.Body) : null;
        Line.ArmAtSend(observation);
        var fill = new AuthorityCommand(AuthorityVerb.Fill, this)
        {
            Key = key,
            Expected = expected,
            Token = token,
            Body = _copy?.Bytes ?? write.Body,
            Milliseconds = Durations.Milliseconds(write.Lifetime),
        };
        if (observation is null)
        {
            Line.Send(Epoch, farewell is { } last ? [fill, last] : [fill]);
            return;
        }

        var peek = new AuthorityCommand(AuthorityVerb.TrackedPeek, this, 1) { Key = key };
        Line.Send(Epoch, farewell is { } end ? [fill, peek, end] : [fill, peek]);
    }

    public override void Answered(int index, in AuthorityAnswer answer)
    {
        if (index == 0)
        {
            Filled(answer.Number >= 1);
        }
        else if (_isStored)
        {
            Looked(answer);
        }
    }

    protected override void Moved(in AuthorityCommand command, Line strays)
    {
        observation?.Unwatch();
        if (command.Index == 0)
        {
            _isElsewhere = true;
            base.Moved(command, strays);
        }
        else if (_isStored)
        {
            TryEnd(StoreOutcome.Stored);
        }
    }

    protected override void Lost(int index, Exception? failure)
    {
        observation?.Void();
        if (index == 0)
        {
            _copy?.Dispose();
        }
        else if (_isElsewhere)
        {
            // The fill is on its way where the key lives, and ends the round.
            return;
        }

        // Once the fill is answered its outcome is known, though nothing can be kept of it.
        TryEnd(_isStored ? StoreOutcome.Stored : StoreOutcome.Unavailable);
    }

    private void Filled(bool isStored)
    {
        _copy?.Dispose();
        if (IsChange)
        {
            Line.Tails?.Changed();
        }

        if (!isStored)
        {
            observation?.Void();
            TryEnd(StoreOutcome.FencedOff);
            return;
        }

        _isStored = true;
        if (observation is null || _isElsewhere)
        {
            // There is nothing to look at: nothing is kept.
            TryEnd(StoreOutcome.Stored);
        }
        else if (Line.IsOrdered)
        {
            observation.Filled();
        }
    }

    private void Looked(in AuthorityAnswer answer)
    {
        if (answer.Kind == AuthorityKind.Value && answer.Token == token)
        {
            observation!.Arm();
        }
        else
        {
            observation!.Void();
        }

        TryEnd(StoreOutcome.Stored);
    }
}
