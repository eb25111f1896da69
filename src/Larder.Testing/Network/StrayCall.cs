namespace Larder.Testing;

/// <summary>Commands that were handed to <see cref="SimulatedStrays"/> together: each is sent when the one before it was answered, and when one fails, so do those behind it.</summary>
internal sealed class StrayCall
{
    private readonly SimulatedStrays _link;
    private readonly SentCommand[] _commands;
    private StreamStep? _request;
    private StreamStep? _reply;
    private int _index;
    private bool _isLost;

    internal StrayCall(SimulatedStrays link, SentCommand[] commands)
    {
        _link = link;
        _commands = commands;
    }

    private SentCommand Present => _commands[_index];

    internal void SendNext()
    {
        var sent = Present;
        _request = new StreamStep(_link.Simulation, null, SimulationStepKind.Request, () => Arrive(sent), () => _link.LetsRequestPass(sent.Command), () => $"{sent.Command.Verb} of a stray of {_link.Node}");
        _request.Await();
    }

    /// <summary>The sender will not learn what becomes of it. What is on its way reaches the cluster all the same, or does not.</summary>
    internal void Lose(bool reaches)
    {
        if (_isLost)
        {
            return;
        }

        _isLost = true;
        _link.Ended(this);
        if (!reaches && _request is { } request)
        {
            _link.Simulation.Remove(request);
        }

        if (_reply is { } reply)
        {
            _link.Simulation.Remove(reply);
        }

        AwaitReply("loss", Fail);
    }

    /// <summary>The process of the sender is gone.</summary>
    internal void Abandon()
    {
        _isLost = true;
        Array.ForEach(_commands, static sent => sent.Abandon());
    }

    private bool Arrive(SentCommand sent)
    {
        _request = null;
        Delivery? answer = null;
        var isDone = _link.TryExecute(sent.Command, delivery => answer = delivery);
        if (!_isLost)
        {
            if (isDone && answer is { } delivery)
            {
                AwaitReply(delivery.ToString(), () => Answer(delivery));
            }
            else
            {
                AwaitReply("failure", Fail);
            }
        }

        return false;
    }

    private void AwaitReply(string what, Action take)
    {
        _reply = new StreamStep(_link.Simulation, _link.Node, SimulationStepKind.Reply, Take, _link.LetsReplyPass, () => $"{what} of a stray");
        _reply.Await();

        bool Take()
        {
            _reply = null;
            take();
            return false;
        }
    }

    private void Answer(in Delivery delivery)
    {
        delivery.Tell();
        if (delivery.Kind == DeliveryKind.Refusal || ++_index == _commands.Length)
        {
            Fail();
        }
        else
        {
            SendNext();
        }
    }

    // Whatever has not been answered.
    private void Fail()
    {
        _link.Ended(this);
        foreach (var sent in _commands)
        {
            sent.FailRest(null);
        }
    }
}
