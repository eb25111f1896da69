using Larder.Resp.Pipelining;
using Larder.Resp.Reading;
using Larder.Resp.Scheduling;

namespace Larder.Resp.Connecting;

/// <summary>
/// One connection: a way out, a reader, a tick. It lives once; whatever goes wrong after a command was given its place
/// ends it, because afterwards nobody could be sure which reply is whose.
/// </summary>
internal sealed class RespConnection : IReplySink
{
    private static long LastEpoch;

    private readonly Link _link;
    private readonly IConnectionOwner _owner;
    private readonly Scheduler _scheduler;
    private readonly RespOptions _options;
    private readonly ReplyLoop _reader;
    private readonly Completions _completions;
    private bool _isClosed;

    internal RespConnection(Link link, RespEndPoint endPoint, RespOptions options, Scheduler scheduler, IConnectionOwner owner)
    {
        _link = link;
        _owner = owner;
        _scheduler = scheduler;
        _options = options;
        EndPoint = endPoint;
        Epoch = Interlocked.Increment(ref LastEpoch);
        _completions = new Completions(scheduler);
        Outbox = new Outbox(link.Stream, scheduler, RoundUp(options.MaximumPending), Close);
        _reader = new ReplyLoop(link.Stream, Outbox, options.Limits, _completions, Epoch, this);
    }

    /// <summary>What the server says that it is: standalone, cluster or sentinel; empty when it does not say.</summary>
    internal string Mode { get; set; } = "";

    /// <summary>master, or replica; empty when the server does not say.</summary>
    internal string Role { get; set; } = "";

    internal bool IsReplica => Role is "replica" or "slave";

    internal RespEndPoint EndPoint { get; }

    /// <summary>Higher than that of every connection before, in the whole process.</summary>
    internal long Epoch { get; }

    internal Outbox Outbox { get; }

    internal long BytesReceived => _reader.BytesReceived;

    internal long LastReceived => _reader.LastReceived;

    internal long RepliesSeen => _reader.RepliesSeen;

    /// <summary>True once it has been the current one of its owner. Guarded by the owner's lock.</summary>
    internal bool IsKnown { get; set; }

    /// <summary>True once observers have been told of it. Guarded by the owner's lock for telling.</summary>
    internal bool IsTold { get; set; }

    /// <summary>True after its reader has ended. Written under both locks of the owner.</summary>
    internal bool HasEnded { get; set; }

    /// <summary>Why it ended; null while it lives.</summary>
    internal Exception? Reason => _reader.Reason;

    internal bool IsClosed => Volatile.Read(ref _isClosed);

    /// <summary>Begins to read.</summary>
    internal void Start() => _scheduler.Queue(_reader);

    /// <summary>Gives a command its place. A command that is bound to another connection must not come here.</summary>
    internal Admission TryAdd(Pending pending) => Outbox.TryAdd(pending);

    /// <summary>Ends it. The reader notices, and then hands what was not answered to the owner.</summary>
    internal void Close(Exception reason)
    {
        _reader.Explain(reason);
        if (!Interlocked.Exchange(ref _isClosed, true))
        {
            Outbox.Close();
            _link.Close();
        }
    }

    /// <summary>Ends it, and nothing that it has received is delivered any more, but for what is being delivered at this moment.</summary>
    internal void GiveUp(Exception reason)
    {
        _reader.Explain(reason);
        _reader.GiveUp();
        Close(reason);
    }

    /// <summary>Looks at deadlines, stuck batches and unsent bytes. True while there is anything to look after.</summary>
    internal bool Tick()
    {
        var now = _scheduler.Clock.Now;
        var isBusy = _completions.Tick();
        if (Outbox.OldestStart() is not { } oldest)
        {
            return isBusy;
        }

        // The reader may have looked for waiters just before the first one came, and nothing will wake it.
        Outbox.LetWaitersIn();
        Outbox.Flush();
        var expired = Outbox.ClaimExpired(now);
        if (expired.Count > 0)
        {
            _owner.OnExpired(expired);
        }

        if (Outbox.DeadFrom((long)_options.EffectiveHardTimeout.TotalMilliseconds, (long)_options.CommandTimeout.TotalMilliseconds) <= now)
        {
            Close(new RespConnectionException(FormattableString.Invariant(
                $"The connection to {EndPoint} was dropped, because a command had no reply for {(now - oldest) / 1000.0:0.0} s (HardTimeout is {_options.EffectiveHardTimeout.TotalSeconds:0.###} s).")));
        }

        return true;
    }

    /// <summary>Tells callers, from any thread.</summary>
    internal void Complete(IReadOnlyList<Pending> ended) => Completions.QueueAll(ended, _scheduler);

    void IReplySink.OnPush(ref RespReader push) => _owner.OnPush(this, ref push);

    void IReplySink.OnEnded(Exception reason)
    {
        Close(reason);
        _owner.OnEnded(this, reason);
    }

    private static int RoundUp(int limit) => (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)limit);
}
