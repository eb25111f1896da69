using Larder.Ports;

namespace Larder.Testing;

/// <summary>The way to a key of a cluster in memory wherever it is: at once, on the caller's thread.</summary>
internal sealed class StrayLink(ClusterStore cluster) : IAuthorityLink
{
    private const long OnlyEpoch = 1;

    private readonly Dictionary<(int Node, int Range), StraySession> _sessions = [];
    private readonly Outbox _outbox = new(static delivery => delivery.Tell());

    private TierHost? _host;
    private long _commands;
    private bool _isDisposed;

    public string Name => "cluster";

    public CacheTier Kind => CacheTier.Remote;

    public bool AnnouncesInOrder => false;

    /// <summary>How many commands went this way.</summary>
    internal long Commands => Interlocked.Read(ref _commands);

    public void Start(TierHost host, IAuthorityLinkListener listener)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(listener);
        _host = host;
        listener.Connected(OnlyEpoch);
    }

    public void Send(long epoch, params ReadOnlySpan<AuthorityCommand> commands)
    {
        foreach (var command in commands)
        {
            if (epoch == OnlyEpoch && TryExecute(command, out var touched))
            {
                AuthorityStore.Flush(touched);
                _outbox.Flush();
            }
            else
            {
                command.Fail(null);
            }
        }
    }

    public void Drop(long epoch)
    {
    }

    public ValueTask DisposeAsync()
    {
        lock (cluster.Gate)
        {
            _isDisposed = true;
        }

        return ValueTask.CompletedTask;
    }

    private bool TryExecute(AuthorityCommand command, out Session[]? touched)
    {
        touched = null;
        Interlocked.Increment(ref _commands);
        lock (cluster.Gate)
        {
            var slot = cluster.SlotOf(AuthorityVerbs.KeyOf(command));
            var store = cluster[cluster.OwnerOf(slot)];
            lock (store.Gate)
            {
                if (_isDisposed || !store.IsUp)
                {
                    return false;
                }

                store.Execute(Session(store, cluster.OwnerOf(slot), cluster.RangeOf(command.Key!)), command);
                touched = store.TakeTouched();
                return true;
            }
        }
    }

    private StraySession Session(AuthorityStore store, int node, int range)
    {
        if (!_sessions.TryGetValue((node, range), out var session))
        {
            session = new StraySession(delivery => _outbox.Enqueue(delivery), store.Space(ClusterStore.SpaceOf(_host!.CacheName, range)), OnlyEpoch);
            _sessions.Add((node, range), session);
        }

        return session;
    }
}
