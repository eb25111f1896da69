using Larder.Ports;

namespace Larder.Testing;

/// <summary>
/// The link to the home of one range of a cluster in memory: a <see cref="MemoryLink"/> to whichever node has it, replaced when the home has moved and the connection is given up.
/// </summary>
internal sealed class RangeLink(ClusterStore cluster, int range, bool isOnPool) : IAuthorityLink
{
    private readonly object _turning = new();
    private TierHost? _host;
    private IAuthorityLinkListener? _listener;
    private HomeListener? _home;
    private long _lastEpoch;
    private bool _isDisposed;

    public string Name => "cluster";

    public CacheTier Kind => CacheTier.Remote;

    public bool AnnouncesInOrder => true;

    /// <summary>The node that it leads to; −1 before the start.</summary>
    internal int Node => Volatile.Read(ref _home)?.Node ?? -1;

    internal IAuthorityLinkListener Listener => _listener!;

    public void Start(TierHost host, IAuthorityLinkListener listener)
    {
        ArgumentNullException.ThrowIfNull(host);
        if (Interlocked.CompareExchange(ref _listener, listener, null) is not null)
        {
            throw new InvalidOperationException("The link was started before; make one for each tier.");
        }

        _host = new TierHost(ClusterStore.SpaceOf(host.CacheName, range), host.Listener, host.Scheduler, host.Logger, host.CreateLogger);
        Connect();
    }

    public void Send(long epoch, params ReadOnlySpan<AuthorityCommand> commands)
    {
        if (Volatile.Read(ref _home) is { } home && home.Epoch == epoch && epoch != 0)
        {
            home.Link.Send(home.EpochOfLink, commands);
            return;
        }

        foreach (var command in commands)
        {
            command.Fail(null);
        }
    }

    public void Drop(long epoch)
    {
        if (Volatile.Read(ref _home) is { } home && home.Epoch == epoch && epoch != 0)
        {
            if (HasMoved(home))
            {
                Replace(home);
            }
            else
            {
                home.Link.Drop(home.EpochOfLink);
            }
        }
    }

    public ValueTask DisposeAsync()
    {
        lock (_turning)
        {
            _isDisposed = true;
        }

        Volatile.Read(ref _home)?.Link.Close();
        return ValueTask.CompletedTask;
    }

    /// <summary>Breaks the connection, as a network does.</summary>
    internal void Cut() => Volatile.Read(ref _home)?.Link.Cut();

    internal bool IsPresent(HomeListener home) => Volatile.Read(ref _home) == home;

    internal long NextEpoch() => Interlocked.Increment(ref _lastEpoch);

    /// <summary>The connection to a node is over: it leads on to another one if the home is there by now.</summary>
    internal void Lost(HomeListener home)
    {
        if (HasMoved(home))
        {
            Replace(home);
        }
    }

    private bool HasMoved(HomeListener home) => cluster.OwnerOf(cluster.HomeSlotOf(range)) != home.Node;

    private void Replace(HomeListener home)
    {
        lock (_turning)
        {
            if (_home != home || _isDisposed)
            {
                return;
            }

            _home = null;
        }

        home.Link.Close();
        Connect();
    }

    private void Connect()
    {
        var node = cluster.OwnerOf(cluster.HomeSlotOf(range));
        var link = new MemoryLink(cluster[node], announcesInOrder: true, isOnPool);
        var home = new HomeListener(this, link, node);
        lock (_turning)
        {
            if (_isDisposed || _home is not null)
            {
                return;
            }

            _home = home;
        }

        link.Start(_host!, home);
    }
}
