using Larder.Ports;

namespace Larder.Coherence;

/// <summary>
/// The heartbeat of this node in the registry. One at a time, on the connection that tracks, every third of the lease: its answer comes behind all announcements of what had changed when the store
/// carried it out, so it says up to where this node has dropped what others changed, and the next one acknowledges that.
/// </summary>
internal sealed class Renewal(Line line, RegistryTerms terms, Succession succession, Action<Disagreement?> onAgreement) : IThreadPoolWorkItem
{
    // After an announcement the writer's sequence may not have moved yet: looked at again a few times, ever later, and not for each of many announcements.
    private const int Repeats = 3;
    private const long FirstRepeat = 5;

    private readonly object _state = new();
    private long _epoch;
    private bool _isOutstanding;
    private bool _isWanted;
    private bool _isClosed;
    private bool _hearsBell;
    private bool _isForeign;
    private bool _hasAgreed;
    private long _other;
    private FenceToken _ackNonce;
    private long _acknowledged;
    private FenceToken _seenNonce;
    private long _seenSince;
    private long? _lastSent;
    private long _lastSentWall;
    private int _repeats;
    private ITimer? _timer;
    private long _due;

    /// <summary>True when the nodes of the registry, as it was last seen, have cut the keys into as many ranges as this one. False before it was seen at all.</summary>
    internal bool HasAgreed
    {
        get
        {
            lock (_state)
            {
                return _hasAgreed;
            }
        }
    }

    /// <summary>True when the registry was made with another lease time: this node may not serve from memory, and waits as one that is not in it.</summary>
    internal bool IsForeign
    {
        get
        {
            lock (_state)
            {
                return _isForeign;
            }
        }
    }

    private long Wall => line.TimeProvider.GetUtcNow().ToUnixTimeMilliseconds();

    internal void Connected(long epoch)
    {
        lock (_state)
        {
            _epoch = epoch;
            _isOutstanding = false;
            _hearsBell = false;
            _lastSent = null;
            _repeats = 0;
        }

        line.Scheduler.Queue(this);
    }

    /// <summary>The connection is over: trust in the registry begins anew.</summary>
    internal void Lost()
    {
        lock (_state)
        {
            _epoch = 0;
            _seenNonce = FenceToken.None;
            _timer?.Dispose();
            _timer = null;
        }
    }

    internal void Close()
    {
        Lost();
        lock (_state)
        {
            _isClosed = true;
        }
    }

    /// <summary>Something was announced: perhaps a writer waits for the acknowledgement.</summary>
    internal void Hint()
    {
        if (!terms.Acknowledges)
        {
            return;
        }

        lock (_state)
        {
            _repeats = Repeats;
            Arrange(FirstRepeat);
        }
    }

    /// <summary>A writer waits for the acknowledgement, and has raised the sequence already.</summary>
    internal void Rung()
    {
        lock (_state)
        {
            _hearsBell = false;
        }

        if (line.ResumesCallers)
        {
            // The writer waits, and such a link takes commands from its reader: no hop.
            Execute();
        }
        else
        {
            line.Scheduler.Queue(this);
        }
    }

    /// <summary>Behind the answer to a renewal, where the link says that waiters may go on: sends the next one, if it is wanted.</summary>
    internal void Resumed()
    {
        lock (_state)
        {
            if (!_isWanted || _isOutstanding)
            {
                return;
            }
        }

        Execute();
    }

    /// <summary>
    /// True when this registry was there for so long, on the connection of that epoch, that every node which serves from memory is in it: one that was made anew does not know them yet.
    /// </summary>
    internal bool Trusts(FenceToken nonce, long since, long epoch)
    {
        lock (_state)
        {
            return _epoch == epoch && !_isForeign && _seenNonce == nonce && since - _seenSince >= terms.OutwaitsAfter && !succession.MayOthersServe;
        }
    }

    public void Execute()
    {
        RenewRound? round = null;
        var listens = false;
        long epoch;
        lock (_state)
        {
            if (_epoch == 0 || _isClosed)
            {
                return;
            }

            if (_isOutstanding)
            {
                _isWanted = true;
                return;
            }

            epoch = _epoch;
            if (!HasJumpedSince(_lastSent, _lastSentWall))
            {
                listens = terms.Acknowledges && !_hearsBell;
                round = Begin();
            }
        }

        if (round is null)
        {
            Jumped(epoch);
        }
        else
        {
            Send(round, listens);
        }
    }

    /// <summary>On the reader, behind all announcements of what the store had changed before.</summary>
    internal void Answered(RenewRound round, in AuthorityAnswer answer)
    {
        if (HasJumpedSince(round.SentAt, round.SentAtWall))
        {
            Jumped(round.Epoch);
            return;
        }

        bool isForeign;
        bool changes;
        lock (_state)
        {
            if (_epoch != round.Epoch)
            {
                return;
            }

            _isOutstanding = false;
            if (answer.Kind == AuthorityKind.Nothing)
            {
                // Not renewed. The lease ends by itself unless the next one is, whose time is arranged already.
                return;
            }

            isForeign = answer.Kind == AuthorityKind.Hold;
            changes = _isForeign != isForeign || (isForeign && _other != answer.Milliseconds);
            _other = answer.Milliseconds;
            _isForeign = isForeign;
            _hasAgreed = !isForeign || RegistryTerms.RangesOf(answer.Milliseconds) == RegistryTerms.RangesOf(terms.Agreement);
            if (!isForeign)
            {
                Learn(round, answer);
            }

            if (_isWanted && !line.ResumesCallers)
            {
                line.Scheduler.Queue(this);
            }

            // Under the lock, so that a gate which is closed for good is not opened again by an answer that was looked at before.
            if (isForeign)
            {
                line.CloseGate();
            }
            else
            {
                line.Open(round.Epoch, round.SentAt + terms.ServesFor);
            }
        }

        if (changes)
        {
            onAgreement(isForeign ? new Disagreement(line.RegistryName, terms.Agreement, answer.Milliseconds) : null);
        }

        if (isForeign && answer.Milliseconds != 0)
        {
            succession.Watch(round.Epoch, answer.Milliseconds);
        }
    }

    private void Learn(RenewRound round, in AuthorityAnswer answer)
    {
        _ackNonce = answer.Token;
        _acknowledged = answer.Number;
        if (_seenNonce != answer.Token)
        {
            _seenNonce = answer.Token;
            _seenSince = line.Now;
        }

        if (!terms.Acknowledges)
        {
            return;
        }

        var reported = round.Nonce == answer.Token ? round.Acknowledged : 0;
        if (answer.Number > reported)
        {
            // The acknowledgement is the next renewal, never this one: when it was carried out, what had changed before was not yet dropped here.
            _isWanted = true;
        }
        else if (_repeats > 0)
        {
            Arrange(FirstRepeat << (Repeats - _repeats));
            _repeats--;
        }
    }

    private RenewRound Begin()
    {
        _isOutstanding = true;
        _isWanted = false;
        _hearsBell = true;
        _lastSent = line.Now;
        _lastSentWall = Wall;
        Arrange(terms.RenewsEvery);
        return new RenewRound(line, _epoch, this)
        {
            SentAt = _lastSent.Value,
            SentAtWall = _lastSentWall,
            Nonce = _ackNonce,
            Acknowledged = _acknowledged,
        };
    }

    private void Send(RenewRound round, bool listens)
    {
        var renew = new AuthorityCommand(AuthorityVerb.Renew, round)
        {
            Key = terms.Id,
            Expected = round.Nonce,
            Number = round.Acknowledged,
            Milliseconds = terms.Agreement,
            Token = line.NewToken(),
        };
        if (listens)
        {
            // The bell first: a sequence raised after this look at it is announced, one raised before is in the renewal's answer.
            var bell = new AuthorityCommand(AuthorityVerb.ReadFence, round, RenewRound.Bell) { Fence = FenceName.Registry, Token = line.NewToken() };
            line.Send(round.Epoch, bell, renew);
        }
        else
        {
            line.Send(round.Epoch, renew);
        }
    }

    private bool HasJumpedSince(long? sentAt, long sentAtWall) =>
        sentAt is { } then && Math.Abs(Wall - sentAtWall - (line.Now - then)) > terms.ToleratedJump;

    private void Jumped(long epoch) =>
        line.Fault(epoch, new InvalidOperationException("The wall clock and the monotonic clock have come apart."));

    /// <summary>Under the lock: the next renewal is at most so far away.</summary>
    private void Arrange(long milliseconds)
    {
        var due = line.Now + milliseconds;
        if (_timer is not null && _due <= due)
        {
            return;
        }

        _timer?.Dispose();
        _due = due;
        _timer = line.Scheduler.StartTimer(static renewal => ((Renewal)renewal!).TimeHasCome(), this, milliseconds);
    }

    private void TimeHasCome()
    {
        lock (_state)
        {
            _timer = null;
        }

        Execute();
    }
}
