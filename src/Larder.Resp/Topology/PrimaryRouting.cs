using Larder.Resp.Connecting;
using Larder.Resp.Pipelining;
using Larder.Resp.Signals;

namespace Larder.Resp.Topology;

/// <summary>One primary for everything, wherever it is at the moment, and its replicas for reads where the options say so.</summary>
internal sealed class PrimaryRouting : Routing
{
    private readonly IPrimarySource _source;
    private readonly RespNode _primary;
    private readonly Replicas? _replicas;
    private readonly ITimer? _refresh;

    internal PrimaryRouting(IPrimarySource source, NodeContext context)
        : base(context)
    {
        _source = source;
        _primary = new RespNode(context.Options.EndPoints[0], source, context);
        source.Changed = LookAgain;
        if (!context.Options.ReadFromReplicas)
        {
            return;
        }

        _replicas = new Replicas(context with { Observer = new QuietObserver(), IsTracking = false, Stranded = Strand });
        if (context.Options.TopologyRefreshInterval > TimeSpan.Zero)
        {
            _refresh = context.Scheduler.StartTicking(static self => ((PrimaryRouting)self!).Refresh(), this, context.Options.TopologyRefreshInterval);
        }
    }

    internal override RespNode Home => _primary;

    internal override Task ConnectAsync(CancellationToken cancellationToken) => _primary.ConnectAsync(cancellationToken);

    internal override void Send(Pending pending)
    {
        if (_replicas is null || !pending.Flags.HasFlag(RespFlags.ReadOnly) || pending.Epoch != 0
            || _replicas.Pick()?.TryAdd(pending) != Admission.Accepted)
        {
            _primary.Send(pending);
        }
    }

    internal override void OnReady(RespNode node) => Refresh();

    internal override void HandOver(Routing successor)
    {
        _primary.HandOver(successor.Adopt);
        base.HandOver(successor);
    }

    public override async ValueTask DisposeAsync()
    {
        if (_refresh is not null)
        {
            await _refresh.DisposeAsync().ConfigureAwait(false);
        }

        await _primary.DisposeAsync().ConfigureAwait(false);
        if (_replicas is not null)
        {
            await _replicas.DisposeAsync().ConfigureAwait(false);
        }

        await _source.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    private protected override RespNode? NodeOf(Pending pending) => _primary;

    private protected override bool IsRefusal(Pending pending, string code, RespReader error)
    {
        if (code == "READONLY" && _source.HasAlternatives)
        {
            LookAgain(error.Epoch, "It is a replica now.");
            return true;
        }

        return code is "LOADING" or "MASTERDOWN";
    }

    private void Strand(RespNode node, PendingQueue left)
    {
        while (left.Take() is { } pending)
        {
            Postponed.Add(pending, 0);
        }
    }

    // Each Sentinel says it, the last one perhaps when we are there already.
    private void LookAgain(RespEndPoint named)
    {
        _primary.Hurry();
        if (_primary.Current is { } connection && !connection.EndPoint.Equals(named))
        {
            LookAgain(connection.Epoch, "Another primary was named.");
        }
    }

    // On another thread: the reader that brought the news must go on until it finds its connection closed.
    private void LookAgain(long epoch, string reason)
    {
        if (_primary.Current is { } connection && connection.Epoch == epoch)
        {
            Context.Scheduler.Start(() =>
            {
                connection.Close(new RespConnectionException($"The connection to {connection.EndPoint} was given up. {reason}"));
                return Task.CompletedTask;
            });
        }
    }

    private void Refresh()
    {
        if (_replicas is not null && _primary.IsConnected)
        {
            Context.Scheduler.Start(RefreshAsync);
        }
    }

    private async Task RefreshAsync()
    {
        try
        {
            await _replicas!.UpdateAsync(await _source.FindReplicasAsync(_primary.EndPoint).ConfigureAwait(false)).ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            RespLog.CouldNotRefresh(Context.Logger, failure.Message);
        }
    }
}
