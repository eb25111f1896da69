using Larder.Resp.Connecting;
using Larder.Resp.Pipelining;
using Larder.Resp.Signals;

namespace Larder.Resp.Topology;

/// <summary>
/// Redis Cluster: each command goes to the owner of its slot. MOVED corrects the table at once and has it asked for anew; ASK sends the command behind ASKING; what no node takes
/// for the moment waits. One connection is kept to each primary.
/// </summary>
internal sealed class ClusterRouting : Routing
{
    private const int FewDetours = 3;
    private const int Soon = 20;
    private static readonly TimeSpan LongestAnswer = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan WhileAway = TimeSpan.FromSeconds(1);
    private readonly ClusterNodes _nodes;
    private readonly ClusterEntrance _entrance;
    private readonly Refreshing _refreshing;
    private readonly ITimer? _periodic;
    private readonly ITimer _watch;
    private readonly Action<SlotMove, long> _moved;
    private readonly Action _rehomed;
    private volatile ClusterNode _home;
    private volatile bool _isStarted;
    private volatile string? _unlearned;

    /// <param name="context">What the nodes of the client share.</param>
    /// <param name="moved">Told of slots that another node owns now, on the reader of the connection (by its number, 0 for none) that has lost them.</param>
    /// <param name="rehomed">Told that channels may live elsewhere now.</param>
    internal ClusterRouting(NodeContext context, Action<SlotMove, long> moved, Action rehomed)
        : base(context)
    {
        _moved = moved;
        _rehomed = rehomed;
        var primaries = context with
        {
            Stranded = Strand,
            Options = context.Options with { ConnectRetry = 0, AbortOnConnectFailure = true, BacklogPolicy = RespBacklogPolicy.FailFast },
        };
        var replicas = context.Options.ReadFromReplicas
            ? primaries with { Observer = new QuietObserver(), IsTracking = false, IsReadOnly = true }
            : null;
        _nodes = new ClusterNodes(endPoint => new ClusterNode(endPoint, primaries, replicas));
        _entrance = new ClusterEntrance(_nodes, context.Options);
        _refreshing = new Refreshing(context.Scheduler, RefreshAsync);
        _home = _nodes.Get(context.Options.EndPoints[0], begin: false);
        _watch = context.Scheduler.StartTicking(static self => ((ClusterRouting)self!).Watch(), this, WhileAway);
        if (context.Options.TopologyRefreshInterval > TimeSpan.Zero)
        {
            _periodic = context.Scheduler.StartTicking(static self => ((ClusterRouting)self!)._refreshing.Request(), this, context.Options.TopologyRefreshInterval);
        }
    }

    internal override RespNode Home => _home.Node;

    internal override bool UsesSlots => true;

    internal override bool IsConnected => _nodes.All.Any(static one => one.Node.IsConnected);

    internal override IReadOnlyList<RespNode> Primaries => [.. _nodes.Owners().Select(static one => one.Node)];

    internal override RespNode NodeOfSlot(int slot) => slot == CommandSlot.None ? Home : _nodes.OwnerOf(slot)?.Node ?? Home;

    internal override IReadOnlyList<RespShard> Shards =>
        [.. _nodes.Owners().Select(one => new RespShard(one.Node.EndPointName, one.Node.Epoch, _nodes.SlotsOf(one.Node)))];

    internal override long EpochOfSlot(int slot) => _nodes.OwnerOf(slot)?.Node.Epoch ?? 0;

    internal override bool GiveUp(long epoch, string reason) => _nodes.All.Any(one => one.Node.GiveUp(epoch, reason));

    internal override IReadOnlyList<RespSlotRange> SlotsOf(RespNode node) => _nodes.SlotsOf(node);

    internal override async Task ConnectAsync(CancellationToken cancellationToken)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                _home = await _entrance.ConnectToOneAsync(cancellationToken).ConfigureAwait(false);
                await LearnAsync(_home.Node, begin: false).ConfigureAwait(false);
                await Task.WhenAll(_nodes.Owners().Select(one => ClusterEntrance.ConnectOrBeginAsync(one.Node, cancellationToken))).ConfigureAwait(false);
                _isStarted = true;
                ChooseHome();
                return;
            }
            catch (RespException failure) when (failure is not RespAuthenticationException)
            {
                _unlearned = failure.Message;
                if (attempt >= Context.Options.ConnectRetry)
                {
                    if (Context.Options.AbortOnConnectFailure)
                    {
                        throw;
                    }

                    BeginAnyway();
                    return;
                }
            }

            await Context.Scheduler.DelayAsync(Context.Options.ReconnectMinimum, cancellationToken).ConfigureAwait(false);
        }
    }

    internal override void Send(Pending pending)
    {
        var owner = pending.Slot == CommandSlot.None ? null : _nodes.OwnerOf(pending.Slot);
        if (pending.Flags.HasFlag(RespFlags.ReadOnly) && pending.Epoch == 0 && owner?.PickReplica()?.TryAdd(pending) == Admission.Accepted)
        {
            return;
        }

        // What is bound to a connection goes there, whoever owns its slot by now: a server that does not says so, and that nothing was carried out.
        var node = pending.Epoch == 0 ? owner?.Node ?? Home : _nodes.WithEpoch(pending.Epoch) ?? owner?.Node ?? Home;
        if (!node.IsConnected)
        {
            _refreshing.Request();
            if (Context.Options.BacklogPolicy == RespBacklogPolicy.Queue && pending.Epoch == 0 && Postponed.Count < Context.Options.BacklogLimit)
            {
                Postponed.Add(pending, Soon);
                return;
            }
        }

        node.Send(pending);
    }

    /// <summary>Looks for the nodes in the background.</summary>
    internal void BeginAnyway()
    {
        _isStarted = true;
        _entrance.BeginAll();
    }

    // Nobody has asked for its slot yet.
    internal override void Adopt(Pending pending)
    {
        try
        {
            pending.Slot = CommandSlot.Of(pending.Bytes);
            base.Adopt(pending);
        }
        catch (RespServerException failure)
        {
            Endings.FailAll(PendingQueue.Of(pending), failure, Context.Scheduler);
        }
    }

    internal override void OnReady(RespNode node) => _refreshing.Request();

    internal override void OnLost(RespNode node)
    {
        ChooseHome();
        _refreshing.Request();
    }

    internal override bool Learn(RespServerException error, RespNode node)
    {
        switch (error)
        {
            case RespRedirectException { IsAsk: false } moved:
                return Move(moved.Slot, moved.Target, node, onReaderOf: 0);
            case { Code: "TRYAGAIN" or "CLUSTERDOWN" or "LOADING" or "READONLY" }:
                _refreshing.Request();
                return true;
            default:
                return false;
        }
    }

    /// <summary>Until the slots are known a connection alone is of no use, so the reason why nobody has told them is told with it.</summary>
    internal override RespDiagnostics Diagnose()
    {
        var diagnostics = base.Diagnose();
        return _unlearned is { } reason && (IsConnected || diagnostics.LastFailure is null) ? diagnostics with { LastFailure = reason } : diagnostics;
    }

    public override async ValueTask DisposeAsync()
    {
        _refreshing.Dispose();
        await _watch.DisposeAsync().ConfigureAwait(false);
        if (_periodic is not null)
        {
            await _periodic.DisposeAsync().ConfigureAwait(false);
        }

        await base.DisposeAsync().ConfigureAwait(false);
        await _nodes.DisposeAsync().ConfigureAwait(false);
    }

    private protected override RespNode? NodeOf(Pending pending) => _isStarted ? NodeOfSlot(pending.Slot) : _nodes.OwnerOf(Math.Max(0, pending.Slot))?.Node;

    private protected override void NoConnection() => _refreshing.Request();

    private protected override bool IsRefusal(Pending pending, string code, RespReader error)
    {
        switch (code)
        {
            case "MOVED":
                return Redirection.TryRead(error, out var slot, out var target)
                    && Move(slot, target, _nodes.WithEpoch(error.Epoch) ?? Home, onReaderOf: error.Epoch);
            case "CLUSTERDOWN" or "READONLY":
                _refreshing.Request();
                return true;
            case "ASK":
                return TryNoteAsk(pending, error);
            default:
                return code is "TRYAGAIN" or "LOADING" or "MASTERDOWN";
        }
    }

    private protected override bool Reroute(Pending pending, string code, RespReader error)
    {
        if (code == "MOVED" && pending.Detours < FewDetours)
        {
            Elsewhere(() => Resend(pending));
            return true;
        }

        // Whoever of several parts was answered has its key here still, and would be told there that there is none.
        if (pending.Asks == pending.Replies || (code == "EXECABORT" && pending.Asks == pending.Replies - 2))
        {
            var node = _nodes.Get(pending.AskTarget!, begin: true).Node;
            Elsewhere(() => SendBehindAsking(node, pending));
            return true;
        }

        return code != "ASK" && base.Reroute(pending, code, error);
    }

    // ASKING and CLIENT CACHING YES both count for the very next command, so the two can not be had together.
    private bool TryNoteAsk(Pending pending, RespReader error)
    {
        if (pending.IsTracked || !Redirection.TryRead(error, out _, out var target)
            || Redirection.EndPoint(target, _nodes.WithEpoch(error.Epoch) ?? Home) is not { } endPoint)
        {
            return false;
        }

        pending.NoteAsk(endPoint);
        return true;
    }

    private void SendBehindAsking(RespNode node, Pending pending)
    {
        pending.AskFirst();
        pending.ForgetReplies();
        if (node.Current is not { } connection || connection.TryAdd(pending) != Admission.Accepted)
        {
            Postponed.Add(pending, Pause(pending));
        }
    }

    private void Elsewhere(Action work) => Context.Scheduler.Start(() =>
    {
        work();
        return Task.CompletedTask;
    });

    // Where the move is told by the node that has lost the slot, this runs on its reader, in the order of the stream.
    private bool Move(int slot, string target, RespNode from, long onReaderOf)
    {
        if (slot is < 0 or >= RespSlots.Count || Redirection.EndPoint(target, from) is not { } endPoint)
        {
            return false;
        }

        _refreshing.Request();
        var owner = _nodes.Get(endPoint, begin: true);
        if (_nodes.Move(slot, owner) is { } before)
        {
            Tell(new SlotMove(before, owner, [new RespSlotRange(slot, slot)]), onReaderOf);
        }

        return true;
    }

    private void Tell(SlotMove move, long onReaderOf)
    {
        if (onReaderOf != 0 && move.From.Node.Epoch == onReaderOf)
        {
            _moved(move, onReaderOf);
        }
        else
        {
            MoveNotice.Send(move, Context, _moved);
        }

        _rehomed();
    }

    // While a node is away another one may take over its slots at any moment, and perhaps nobody sends a command that would tell. Who did not tell of slots may tell later.
    private void Watch()
    {
        if (_isStarted && (_unlearned is not null || _nodes.All.Any(static one => !one.Node.IsConnected)))
        {
            _refreshing.Request();
        }
    }

    private async Task RefreshAsync()
    {
        var connected = _nodes.All.Where(static one => one.Node.IsConnected).OrderBy(one => !ReferenceEquals(one, _home)).ToArray();
        if (!_isStarted)
        {
            return;
        }

        if (connected.Length == 0)
        {
            _entrance.BeginAll();
        }

        foreach (var one in connected)
        {
            try
            {
                await LearnAsync(one.Node, begin: true).ConfigureAwait(false);
                return;
            }
            catch (Exception failure)
            {
                // What other code throws may quote anything.
                _unlearned = _nodes.Owners().Count > 0 ? null : failure is RespException ? failure.Message : failure.GetType().Name;
                RespLog.CouldNotRefresh(Context.Logger, failure.Message);
            }
        }
    }

    private async Task LearnAsync(RespNode node, bool begin)
    {
        var table = SlotTable.Read(await AskForSlotsAsync(node).ConfigureAwait(false), node.EndPoint);
        if (table.Parts.Count == 0)
        {
            throw new RespConnectionException($"{node.EndPoint} knows of no slot that a node owns.");
        }

        var moves = _nodes.Take(table, begin);
        _unlearned = null;
        ChooseHome();
        foreach (var move in moves)
        {
            Tell(move, onReaderOf: 0);
        }

        foreach (var shard in table.Parts.GroupBy(static part => part.Primary))
        {
            await _nodes.Get(shard.Key, begin).UpdateAsync(shard.SelectMany(static part => part.Replicas)).ConfigureAwait(false);
        }

        foreach (var unused in _nodes.TakeUnused(_home))
        {
            // Whoever has chosen it before and comes only now goes to those who own its slots.
            unused.Node.HandOver(pending => Postponed.Add(pending, 0));
            unused.Node.Farewell = $"{unused.Node.EndPoint} owns no slots any more.";
            await unused.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task<RespValue> AskForSlotsAsync(RespNode node)
    {
        try
        {
            return await node.AskAsync(Context, new RespCommand("CLUSTER SLOTS"), LongestAnswer).ConfigureAwait(false);
        }
        catch (RespServerException refusal)
        {
            var remedy = refusal.Code == "NOPERM"
                ? "Give the user the right to it: +cluster|slots."
                : "Is it a member of a cluster? For a server that is none set topology=standalone.";
            throw new RespConnectionException($"{node.EndPoint} did not say who owns the slots ({refusal.Message}). {remedy}", refusal);
        }
    }

    // Channels live there, so it stays the same one while it can be reached.
    private void ChooseHome()
    {
        var owners = _nodes.Owners();
        if (_home.Node.IsConnected && (owners.Count == 0 || owners.Contains(_home)))
        {
            return;
        }

        if (owners.FirstOrDefault(static one => one.Node.IsConnected) is { } other)
        {
            _home = other;
            _rehomed();
        }
    }

    private void Strand(RespNode node, PendingQueue left)
    {
        while (left.Take() is { } pending)
        {
            Postponed.Add(pending, 0);
        }
    }
}
