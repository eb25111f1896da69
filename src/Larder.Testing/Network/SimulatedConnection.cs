using Larder.Ports;

namespace Larder.Testing;

/// <summary>
/// One connection of a <see cref="SimulatedLink"/>: commands in order to the authority, answers and announcements in order back. Either side may be gone
/// while the other does not know it yet.
/// </summary>
internal sealed class SimulatedConnection : Session
{
    private const long HeartbeatMilliseconds = 1_000;

    private readonly SimulatedLink _link;
    private readonly AuthorityStore _store;
    private readonly Queue<SentCommand> _requests = new();
    private readonly Queue<Delivery> _replies = new();
    private readonly Queue<SentCommand> _unanswered = new();
    private readonly MessageNumbers _numbers;
    private readonly StreamStep _requestStep;
    private readonly StreamStep _replyStep;
    private bool _isKnown;
    private bool _isClosing;

    internal SimulatedConnection(SimulatedLink link, SimulatedPlace place, Keyspace space, long epoch)
        : base(space, epoch, link.AnnouncesInOrder)
    {
        _link = link;
        _store = place.Store;
        _numbers = new MessageNumbers();
        _requestStep = new StreamStep(link.Simulation, place.Server, SimulationStepKind.Request, TakeRequest, link.LetsRequestsPass, DescribeRequest);
        _replyStep = new StreamStep(link.Simulation, link.Node, SimulationStepKind.Reply, TakeReply, link.LetsRepliesPass, () => $"{_replies.Peek()} #{Epoch}");
        Enqueue(new Delivery(DeliveryKind.Connected, epoch));
        if (!link.AnnouncesInOrder)
        {
            StartHeartbeat();
        }
    }

    internal int RequestCount => _requests.Count;

    internal int ReplyCount => _replies.Count;

    /// <summary>False once the node has given the connection up, or has noticed that it is gone.</summary>
    internal bool IsHeld { get; private set; } = true;

    internal override bool AnnouncesOwnFirst => _link.Network.Chance.Next(2) == 0;

    internal override void Enqueue(in Delivery delivery)
    {
        if (IsHeld)
        {
            _replies.Enqueue(delivery);
            _replyStep.Await();
        }
    }

    internal override void EnqueueMessage(in Delivery delivery)
    {
        if (IsHeld && !_link.Network.IsLost())
        {
            AddMessage(delivery);
            if (_link.Network.IsDuplicated())
            {
                AddMessage(delivery);
            }
        }
    }

    internal void Send(in AuthorityCommand command)
    {
        var sent = new SentCommand(command);
        _unanswered.Enqueue(sent);
        _requests.Enqueue(sent);
        _requestStep.Await();
    }

    /// <summary>The authority is gone: what was under way to it is lost, and of what it has sent the end.</summary>
    internal override void Broken()
    {
        _requests.Clear();
        EndReplies();
    }

    /// <summary>The network breaks it: each side still gets some of what was under way, and then learns of it.</summary>
    internal void Cut()
    {
        if (!_isClosing)
        {
            Lose(_requests);
            EndReplies();
            CloseWhenDrained();
        }
    }

    /// <summary>The node gives it up. The authority still gets some of what was under way.</summary>
    internal void GiveUp()
    {
        Lose(_requests);
        _replies.Clear();
        Enqueue(new Delivery(DeliveryKind.Disconnected, Epoch));
        IsHeld = false;
        CloseWhenDrained();
    }

    /// <summary>The node is gone, and nobody is left to be told.</summary>
    internal void Abandon()
    {
        Lose(_requests);
        _replies.Clear();
        foreach (var sent in _unanswered)
        {
            sent.Abandon();
        }

        IsHeld = false;
        CloseWhenDrained();
    }

    private string DescribeRequest() => _requests.TryPeek(out var sent) ? $"{sent.Command.Verb} of {_link.Node} #{Epoch}" : $"end of {_link.Node} #{Epoch}";

    private bool TakeRequest()
    {
        Session[]? touched;
        lock (_store.Gate)
        {
            if (_requests.TryDequeue(out var sent) && IsOpen)
            {
                _store.Execute(this, sent.Command);
            }

            if (_requests.Count == 0 && _isClosing)
            {
                AuthorityStore.Close(this);
            }

            touched = _store.TakeTouched();
        }

        AuthorityStore.Flush(touched);
        return _requests.Count > 0;
    }

    private bool TakeReply()
    {
        if (!_replies.TryDequeue(out var delivery))
        {
            return false;
        }

        if (delivery.Caller is not null)
        {
            delivery.Tell();
            while (_unanswered.TryPeek(out var first) && first.IsAnswered)
            {
                _unanswered.Dequeue();
            }
        }
        else if (delivery.Kind == DeliveryKind.Disconnected)
        {
            IsHeld = false;
            _replies.Clear();
            _link.NoticeLoss(this, _isKnown);
            while (_unanswered.TryDequeue(out var lost))
            {
                lost.FailRest(null);
            }
        }
        else
        {
            if (delivery.Kind == DeliveryKind.Connected)
            {
                _isKnown = true;
                _link.NoticeConnection(this);
            }

            delivery.Announce(_link.Listener);
        }

        return _replies.Count > 0;
    }

    private void AddMessage(Delivery delivery) =>
        new StreamStep(
            _link.Simulation,
            _link.Node,
            SimulationStepKind.Message,
            () => TakeMessage(delivery),
            _link.LetsRepliesPass,
            () => $"{delivery} {delivery.Number} #{Epoch}").Await();

    private bool TakeMessage(in Delivery delivery)
    {
        if (_link.IsCurrent(this))
        {
            var (isNew, isGap) = delivery.Kind == DeliveryKind.Heartbeat ? (false, _numbers.Reaches(delivery.Number)) : _numbers.Take(delivery.Number);
            if (isGap)
            {
                _link.Listener.EverythingChanged();
            }

            if (isNew)
            {
                delivery.Announce(_link.Listener);
            }
        }

        return false;
    }

    // Without it the loss of the last message would never be noticed.
    private void StartHeartbeat() => _ = _store.Scheduler.StartTimer(static connection => ((SimulatedConnection)connection!).Beat(), this, HeartbeatMilliseconds);

    private void Beat()
    {
        if (IsOpen && IsHeld)
        {
            EnqueueMessage(new Delivery(DeliveryKind.Heartbeat, Epoch) { Number = LastMessage });
            StartHeartbeat();
        }
    }

    private void CloseWhenDrained()
    {
        _isClosing = true;
        _requestStep.Await();
    }

    // Whoever has given the connection up is waiting for its end already.
    private void EndReplies()
    {
        if (IsHeld)
        {
            Lose(_replies);
            if (!_replies.Any(static delivery => delivery.Kind == DeliveryKind.Disconnected))
            {
                Enqueue(new Delivery(DeliveryKind.Disconnected, Epoch));
            }
        }
    }

    // The end of a stream is lost, from anywhere on.
    private void Lose<T>(Queue<T> stream)
    {
        var kept = stream.Take(_link.Network.Chance.Next(stream.Count + 1)).ToList();
        stream.Clear();
        foreach (var item in kept)
        {
            stream.Enqueue(item);
        }
    }
}
