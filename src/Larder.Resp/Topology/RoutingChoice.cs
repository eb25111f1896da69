using Larder.Resp.Connecting;
using Larder.Resp.Signals;

namespace Larder.Resp.Topology;

/// <summary>
/// The routing that a client uses: what the options name, and where they name none, what the first server that answers turns out to be, which may be long after the client was made.
/// </summary>
internal sealed class RoutingChoice : IAsyncDisposable
{
    private readonly object _gate = new();
    private readonly NodeContext _context;
    private readonly Action<SlotMove, long> _moved;
    private readonly Action _rehomed;
    private volatile Routing _current;
    private bool _isDisposed;

    /// <param name="context">What the nodes of the client share.</param>
    /// <param name="moved">See <see cref="ClusterRouting"/>.</param>
    /// <param name="rehomed">See <see cref="ClusterRouting"/>.</param>
    internal RoutingChoice(NodeContext context, Action<SlotMove, long> moved, Action rehomed)
    {
        _context = context with { ClusterFound = () => context.Scheduler.Start(ChangeAsync) };
        _moved = moved;
        _rehomed = rehomed;
        var options = context.Options;
        _current = options.Sentinel is not null ? new PrimaryRouting(new Sentinels(_context), _context)
            : options.Topology == RespTopologyKind.Cluster ? new ClusterRouting(_context, moved, rehomed)
            : new PrimaryRouting(new ListedEndPoints(options), _context);
    }

    internal Routing Current => _current;

    /// <summary>Connects for the first time; what it throws names the reason.</summary>
    internal async Task ConnectAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _current.ConnectAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (ClusterFoundException)
        {
            await _current.DisposeAsync().ConfigureAwait(false);
            _current = new ClusterRouting(_context, _moved, _rehomed);
            await _current.ConnectAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _isDisposed = true;
            return _current.DisposeAsync();
        }
    }

    // What waits for a connection is handed over, and so is what still comes to the one before.
    private async Task ChangeAsync()
    {
        Routing before;
        ClusterRouting cluster;
        lock (_gate)
        {
            if (_isDisposed || _current.UsesSlots)
            {
                return;
            }

            before = _current;
            _current = cluster = new ClusterRouting(_context with { Options = _context.Options with { AbortOnConnectFailure = false } }, _moved, _rehomed);
        }

        before.HandOver(cluster);
        await before.DisposeAsync().ConfigureAwait(false);
        try
        {
            await cluster.ConnectAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception failure) when (!Volatile.Read(ref _isDisposed))
        {
            RespLog.CouldNotRefresh(_context.Logger, failure.Message);
            cluster.BeginAnyway();
        }
    }
}
