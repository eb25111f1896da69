using System.Diagnostics;
using Larder.Resp.Framing;
using Larder.Resp.Signals;
using Larder.Resp.Writing;

namespace Larder.Resp.Pipelining;

/// <summary>
/// A command, or several that must stay together, from the call until it is answered. Whoever claims it first decides
/// how it ends: the reader with a reply, the clock, the caller's token, or the loss of the connection.
/// </summary>
/// <remarks>
/// Two hold it, and it is used again only when both have let go: the caller, until it has taken the outcome, and the
/// connection, until the place in the ring is free. So a caller who gives up leaves the place behind, and the reply
/// that still comes finds it there. The state carries a version, so that a claim that was prepared for one use never
/// takes the next one.
/// </remarks>
internal abstract class Pending : IThreadPoolWorkItem
{
    private const long ClaimedBit = 1;
    private const long VersionStep = 2;
    private const int BothHolders = 2;
    private const int NoSlot = -1;
    private long _state = ClaimedBit;
    private int _holders;
    private CancellationTokenRegistration _cancellation;
    private CommandBytes _bytes;
    private Asked _asked;
    private bool _wasAsked;
    private Activity? _activity;

    /// <summary>The next one in the list in which it waits for a place or a connection, or, once answered, in its batch. Who ends it otherwise leaves this alone: the list may have it still.</summary>
    internal Pending? Next { get; set; }

    /// <summary>How many replies belong to it.</summary>
    internal int Replies { get; private set; }

    /// <summary>How many of them have come on the connection that it is on.</summary>
    internal int RepliesSeen { get; private set; }

    internal RespFlags Flags { get; private set; }

    /// <summary>The only connection that it may be sent on; 0 for any.</summary>
    internal long Epoch { get; private set; }

    /// <summary>When it was given, by the clock.</summary>
    internal long Started { get; private set; }

    /// <summary>When its caller stops waiting, by the clock.</summary>
    internal long Deadline { get; private set; }

    /// <summary>The name of the (last) command.</summary>
    internal string Name { get; private set; } = "";

    /// <summary>What a push must confirm, for commands that pushes answer; null for all others.</summary>
    internal PushAnswer? AnsweredBy { get; set; }

    /// <summary>
    /// For a command whose answer may be a push or an error, and cannot be told from a push that the server sends by itself: a PING with this text goes behind it, and its reply is the end. Null for all others.
    /// </summary>
    internal byte[]? EndsWith { get; set; }

    /// <summary>Who may send it elsewhere when the server answers with an error; null for nobody.</summary>
    internal IRerouting? Rerouting { get; set; }

    /// <summary>The slot of its keys in a cluster; -1 for none.</summary>
    internal int Slot { get; set; } = NoSlot;

    /// <summary>How often it was sent elsewhere, or once more, because a server said so.</summary>
    internal int Detours { get; set; }

    /// <summary>How many connections were lost while it was the oldest without a reply on them.</summary>
    internal int Losses { get; set; }

    /// <summary>How many of its replies so far, on the connection that it is on, said that the server did not carry out that part now.</summary>
    internal int Refusals { get; private set; }

    /// <summary>How many of its replies so far, on the connection that it is on, said ASK.</summary>
    internal int Asks { get; private set; }

    /// <summary>Where the last of them sent it.</summary>
    internal RespEndPoint? AskTarget { get; private set; }

    /// <summary>True when the server is to track what it reads.</summary>
    internal bool IsTracked { get; private set; }

    /// <summary>True for a transaction as a whole, from MULTI on.</summary>
    internal bool IsTransaction => _asked == Asked.First || Bytes.StartsWith("*1\r\n$5\r\nMULTI\r\n"u8);

    internal ReadOnlySpan<byte> Bytes => _bytes.Written;

    /// <summary>True while nobody has decided how it ends.</summary>
    internal bool IsWaiting => (Volatile.Read(ref _state) & ClaimedBit) == 0;

    /// <summary>What a later <see cref="TryClaim(long)"/> must find unchanged.</summary>
    internal long State => Volatile.Read(ref _state);

    /// <summary>Takes the right to end it.</summary>
    /// <param name="state">The state that the decision was made upon.</param>
    internal bool TryClaim(long state) =>
        (state & ClaimedBit) == 0 && Interlocked.CompareExchange(ref _state, state | ClaimedBit, state) == state;

    internal bool TryClaim() => TryClaim(State);

    internal void Add(in RespCommand command, bool isOnlyOne)
    {
        _bytes.Add(in command);
        Name = command.Name;
        Flags = isOnlyOne ? command.Flags : Together(Flags, command.Flags);
        Epoch = command.Epoch == 0 ? Epoch : command.Epoch;
        IsTracked |= ReferenceEquals(command.Verb, RespVerb.Caching);
        Replies++;
    }

    /// <summary>A server says that the part of this reply is to be asked for elsewhere.</summary>
    internal void NoteAsk(RespEndPoint target)
    {
        Asks++;
        AskTarget = target;
    }

    /// <summary>
    /// From now on ASKING goes before each of its commands, and before a transaction once, which counts for all of it. The replies to that mean nothing: a
    /// server that refuses it refuses what is behind it too. Where it is not needed it does nothing.
    /// </summary>
    internal void AskFirst()
    {
        if (_asked == Asked.Nowhere)
        {
            _asked = IsTransaction ? Asked.First : Asked.Each;
            _bytes.PutAskingBefore(each: _asked == Asked.Each);
        }
    }

    /// <summary>Begins its life; the bytes have been added.</summary>
    internal void Begin(long now, long deadline)
    {
        Started = now;
        Deadline = deadline;
        _holders = BothHolders;
        _activity = RespActivities.Start(Name);
        Volatile.Write(ref _state, (_state & ~ClaimedBit) + VersionStep);
    }

    /// <summary>Ends it when the token says so; to be called before anybody else knows it.</summary>
    internal void Follow(CancellationToken cancellationToken)
    {
        if (cancellationToken.CanBeCanceled)
        {
            _cancellation = cancellationToken.UnsafeRegister(static (self, token) => ((Pending)self!).Cancel(token), this);
        }
    }

    /// <summary>Takes a reply. The reader calls it.</summary>
    internal Taken Take(ref RespReader reply)
    {
        if (_asked != Asked.Nowhere && !_wasAsked)
        {
            _wasAsked = true;
            return Taken.NeedsMore;
        }

        _wasAsked = _asked == Asked.First;
        if (EndsWith is { } end && EndsHere(end, in reply))
        {
            RepliesSeen = Replies - 1;
        }

        var index = RepliesSeen++;
        var isLast = RepliesSeen == Replies;
        if (isLast && reply.IsError && Rerouting is { } rerouting && IsWaiting && rerouting.TryReroute(this, reply))
        {
            return Taken.Rerouted;
        }

        if (!isLast && reply.IsError && Rerouting?.IsRefusal(this, reply) == true)
        {
            Refusals++;
        }

        if (isLast ? !TryClaim() : !IsWaiting)
        {
            return isLast ? Taken.Left : Taken.NeedsMore;
        }

        Decode(ref reply, index);
        return !isLast ? Taken.NeedsMore : EndsOnReader ? Taken.Told : Taken.Ended;
    }

    /// <summary>True when whoever waits for it is told on the reader, by <see cref="Decode"/>.</summary>
    internal virtual bool EndsOnReader => false;

    // An error may come first. What is neither belongs to somebody else, so nobody could be sure of theirs any more.
    private bool EndsHere(byte[] end, in RespReader reply)
    {
        if (reply.Span.SequenceEqual(end))
        {
            return true;
        }

        return reply.IsError && RepliesSeen == 0 ? false : throw new RespProtocolException("The server sent a reply that no command waits for.");
    }

    /// <summary>Ends it with an exception; to be called by whoever has claimed it.</summary>
    internal abstract void Failed(Exception failure);

    /// <summary>Tells the caller, on this thread. To be called once, after the outcome stands.</summary>
    internal void Publish()
    {
        var activity = _activity;
        if (activity is not null)
        {
            _activity = null;
            RespActivities.End(activity, Failure);
        }

        Continue();
    }

    /// <inheritdoc/>
    public void Execute() => Publish();

    /// <summary>One of the two holders lets go.</summary>
    internal void Release()
    {
        var left = Interlocked.Decrement(ref _holders);
        Debug.Assert(left >= 0, "A pending command has two holders.");
        if (left == 0)
        {
            _bytes.Clear();
            Replies = 0;
            ForgetReplies();
            _asked = Asked.Nowhere;
            IsTracked = false;
            Epoch = 0;
            Flags = RespFlags.None;
            AnsweredBy = null;
            EndsWith = null;
            Rerouting = null;
            Slot = NoSlot;
            Detours = 0;
            Losses = 0;
            Next = null;
            Recycle();
        }
    }

    /// <summary>Where the caller's cancellation goes to: out of the reader and out of the caller's thread.</summary>
    internal Scheduling.Scheduler? Scheduler { get; set; }

    /// <summary>Before it is sent again: the replies that had come count no more.</summary>
    internal void ForgetReplies()
    {
        RepliesSeen = 0;
        Refusals = 0;
        Asks = 0;
        AskTarget = null;
        _wasAsked = false;
        if (IsWaiting)
        {
            ForgetFailure();
        }
    }

    /// <summary>The error of an earlier part counts no more.</summary>
    private protected abstract void ForgetFailure();

    /// <summary>The exception that it ended with.</summary>
    private protected abstract Exception? Failure { get; }

    private protected abstract void Decode(ref RespReader reply, int index);

    private protected abstract void Continue();

    private protected abstract void Recycle();

    /// <summary>The caller has taken the outcome.</summary>
    private protected void LetGo()
    {
        // Waits for a callback that is running, so that none of this use can meet the next one.
        _cancellation.Dispose();
        _cancellation = default;
        Release();
    }

    /// <summary>Takes it back before it was given to anybody: what was wrong has been thrown.</summary>
    internal void Discard()
    {
        _holders = 1;
        Release();
    }

    private void Cancel(CancellationToken cancellationToken)
    {
        if (TryClaim())
        {
            Failed(new OperationCanceledException(cancellationToken));
            Scheduler!.Queue(this);
        }
    }

    // A group may be repeated only if each of its commands may, and is never resent if one of them says so.
    private static RespFlags Together(RespFlags one, RespFlags other) =>
        (one & other & (RespFlags.Repeatable | RespFlags.ReadOnly)) | ((one | other) & RespFlags.NeverResend);

    // Where ASKING was put.
    private enum Asked
    {
        Nowhere,
        First,
        Each,
    }
}
