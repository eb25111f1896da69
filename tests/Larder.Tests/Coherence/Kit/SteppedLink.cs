using Larder.Ports;

namespace Larder.Tests.Coherence.Kit;

/// <summary>
/// A connection whose every step the test takes: <see cref="Serve"/> lets the store carry out the next command, <see cref="Deliver"/> hands the node the next answer or announcement of the stream.
/// </summary>
internal sealed class SteppedLink(IAuthorityLink store) : IAuthorityLink, IAuthorityLinkListener
{
    private readonly Queue<SteppedCommand> _requests = new();
    private readonly Queue<(string What, Action Deliver)> _stream = new();
    private readonly List<SteppedCommand> _outstanding = [];
    private IAuthorityLinkListener _listener = null!;
    private long _storeEpoch;
    private long _epoch;
    private bool _isServing;

    public string Name => "stepped";

    public CacheTier Kind => CacheTier.Remote;

    public bool AnnouncesInOrder => store.AnnouncesInOrder;

    /// <summary>The next command that has not reached the store; null for none.</summary>
    internal AuthorityVerb? NextRequest => _requests.TryPeek(out var next) ? next.Verb : null;

    /// <summary>What comes next in the stream; null for nothing.</summary>
    internal string? NextInStream => _stream.TryPeek(out var next) ? next.What : null;

    internal IEnumerable<string> Stream => _stream.Select(item => item.What);

    /// <summary>Every command that was ever sent.</summary>
    internal List<AuthorityCommand> Sent { get; } = [];

    public void Start(TierHost host, IAuthorityLinkListener listener)
    {
        _listener = listener;
        store.Start(host, this);
    }

    public void Send(long epoch, params ReadOnlySpan<AuthorityCommand> commands)
    {
        foreach (var command in commands)
        {
            if (epoch != _epoch || epoch == 0)
            {
                command.Fail(null);
                continue;
            }

            Sent.Add(command);
            var stepped = new SteppedCommand(this, command);
            _requests.Enqueue(stepped);
            _outstanding.Add(stepped);
        }
    }

    public void Drop(long epoch)
    {
        if (epoch == _epoch && epoch != 0)
        {
            Cut();
        }
    }

    public ValueTask DisposeAsync() => store.DisposeAsync();

    /// <summary>The connection is lost with all that is under way, in both directions; the next one begins when its Connected is delivered.</summary>
    internal void Cut(Exception? failure = null)
    {
        var epoch = _epoch;
        _epoch = 0;
        _requests.Clear();
        _stream.Clear();
        var lost = _outstanding.ToArray();
        _outstanding.Clear();
        _listener.Disconnected(epoch);
        foreach (var command in lost)
        {
            command.Fail(failure);
        }

        store.Drop(_storeEpoch);
    }

    /// <summary>The store refuses the command that comes next.</summary>
    internal void Refuse()
    {
        var command = _requests.Dequeue();
        Answer(command, command.Verb + " refused", () => command.Fail(new InvalidOperationException("refused")));
    }

    /// <summary>Lets the store carry out the next command. False when there is none.</summary>
    internal bool Serve()
    {
        if (!_requests.TryDequeue(out var command))
        {
            return false;
        }

        // Only now: a link may read the body until the answer.
        _isServing = true;
        store.Send(_storeEpoch, command.Copy());
        _isServing = false;
        return true;
    }

    /// <summary>Hands the next answer or announcement over. False when there is none.</summary>
    internal bool Deliver()
    {
        if (!_stream.TryDequeue(out var item))
        {
            return false;
        }

        item.Deliver();
        return true;
    }

    /// <summary>Takes the next item out of the stream without handing it over yet, as a reader that is interrupted at this moment.</summary>
    internal Action Take() => _stream.Dequeue().Deliver;

    internal void ServeAll()
    {
        while (Serve())
        {
        }
    }

    /// <summary>Hands over until, and with, the next item of that name.</summary>
    internal void DeliverThrough(string what)
    {
        while (true)
        {
            var next = NextInStream;
            Assert.True(Deliver(), $"There is no {what} in the stream.");
            if (next == what)
            {
                return;
            }
        }
    }

    internal void Answer(SteppedCommand command, string what, Action deliver) => Put(what, () =>
    {
        _outstanding.Remove(command);
        deliver();
    });

    void IAuthorityLinkListener.Connected(long epoch)
    {
        _storeEpoch = epoch;
        Put("connected", () =>
        {
            _epoch = epoch;
            _listener.Connected(epoch);
        });
    }

    void IAuthorityLinkListener.Disconnected(long epoch)
    {
        if (_epoch == epoch)
        {
            // The store has broken it: the node learns of it behind what was sent before.
            Put("disconnected", () => Cut());
        }
    }

    void IAuthorityLinkListener.KeyChanged(string key) => Announce("push " + key, () => _listener.KeyChanged(key));

    void IAuthorityLinkListener.FenceChanged(FenceName name) => Announce("push " + name.Kind, () => _listener.FenceChanged(name));

    void IAuthorityLinkListener.KeysLeft(Func<string, bool> areThey) => _listener.KeysLeft(areThey);

    void IAuthorityLinkListener.EverythingChanged() => Put("push all", _listener.EverythingChanged);

    // Where announcements keep no order, a link leaves out its own.
    private void Announce(string what, Action deliver)
    {
        if (AnnouncesInOrder || !_isServing)
        {
            Put(what, deliver);
        }
    }

    private void Put(string what, Action deliver) => _stream.Enqueue((what, deliver));
}
