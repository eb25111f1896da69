using System.Globalization;

namespace Larder.Servers;

/// <summary>A cluster of three primaries and three replicas on loopback; node i + 3 begins as the replica of node i.</summary>
public sealed class RealCluster : IAsyncDisposable
{
    private const int PrimaryCount = 3;
    private const int SlotCount = 16_384;

    private readonly List<RealServer> _nodes = [];
    private readonly Dictionary<RealServer, string> _ids = [];

    private readonly int _slotsOfPiece;

    private RealCluster(int slotsOfPiece) => _slotsOfPiece = slotsOfPiece;

    /// <summary>The six nodes; the first three began as primaries, of equal parts of the slots in order.</summary>
    public IReadOnlyList<RealServer> Nodes => _nodes;

    /// <summary>Starts the nodes, joins them, and comes back when each of them calls the cluster's state good.</summary>
    /// <param name="arguments">Further arguments for each node.</param>
    public static Task<RealCluster> StartAsync(params string[] arguments) => StartAsync(new ServerSettings { Arguments = arguments });

    /// <summary>Starts the nodes, joins them, and comes back when each of them calls the cluster's state good.</summary>
    /// <param name="settings">Passwords, users and certificates of each node. With certificates the nodes speak TLS to each other too.</param>
    public static async Task<RealCluster> StartAsync(ServerSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        string[] tls = settings.Certificates is null ? [] : ["--tls-cluster", "yes", "--tls-replication", "yes"];
        var cluster = new RealCluster(settings.SlotsOfPiece);
        try
        {
            for (var i = 0; i < 2 * PrimaryCount; i++)
            {
                cluster._nodes.Add(await RealServer.StartAsync(settings with
                {
                    Name = $"cluster{Text(i)}",
                    Arguments = ["--cluster-enabled", "yes", "--cluster-node-timeout", "1000", "--cluster-replica-validity-factor", "0", .. tls, .. settings.Arguments],
                }));
            }

            await cluster.JoinAsync();
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>The id by which the cluster knows a node.</summary>
    public string IdOf(RealServer node) => _ids[node];

    /// <summary>The node that owns a slot, as the other nodes that answer see it.</summary>
    public async Task<RealServer> OwnerOfAsync(int slot)
    {
        foreach (var node in _nodes)
        {
            try
            {
                return await OwnerOfAsync(slot, node);
            }
            catch (Exception exception) when (exception is IOException or System.Net.Sockets.SocketException)
            {
                // Killed; the next one knows as much.
            }
        }

        throw new InvalidOperationException("No node of the cluster answers.");
    }

    /// <summary>Comes back when all nodes that run call the state good, own all slots, and have their replicas in step.</summary>
    public Task WaitUntilGoodAsync(params RealServer[] without) => Waiting.UntilAsync(
        async () =>
        {
            foreach (var node in _nodes.Except(without))
            {
                var info = (string)(await node.CallAsync("CLUSTER", "INFO"))!;
                if (!info.Contains("cluster_state:ok", StringComparison.Ordinal)
                    || !info.Contains($"cluster_slots_ok:{Text(SlotCount)}", StringComparison.Ordinal)
                    || await node.InfoAsync("replication", "master_link_status") == "down")
                {
                    return false;
                }
            }

            return true;
        },
        () => $"the cluster to be whole; its nodes said:\n{string.Join("\n---\n", _nodes.Select(node => node.Output))}");

    /// <summary>Begins to move a slot: from now on its owner answers ASK for keys that it no longer has.</summary>
    public async Task BeginMoveAsync(int slot, RealServer from, RealServer to)
    {
        await to.CallAsync("CLUSTER", "SETSLOT", Text(slot), "IMPORTING", IdOf(from));
        await from.CallAsync("CLUSTER", "SETSLOT", Text(slot), "MIGRATING", IdOf(to));
    }

    /// <summary>Moves the slot's keys, at most so many of them; tells how many were moved.</summary>
    public static async Task<int> MoveKeysAsync(int slot, RealServer from, RealServer to, int most = int.MaxValue)
    {
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(to);
        var keys = (List<object?>)(await from.CallAsync("CLUSTER", "GETKEYSINSLOT", Text(slot), Text(most)))!;
        if (keys.Count > 0)
        {
            await from.CallAsync(["MIGRATE", "127.0.0.1", Text(to.Port), "", "0", "5000", "KEYS", .. keys.Cast<string>()]);
        }

        return keys.Count;
    }

    /// <summary>Ends the move of a slot: the new owner owns it, and the others learn of it.</summary>
    public async Task EndMoveAsync(int slot, RealServer from, RealServer to)
    {
        await to.CallAsync("CLUSTER", "SETSLOT", Text(slot), "NODE", IdOf(to));
        await from.CallAsync("CLUSTER", "SETSLOT", Text(slot), "NODE", IdOf(to));
    }

    /// <summary>Makes a replica the primary in its primary's place, in agreement with it, and comes back when it is done.</summary>
    public static async Task PromoteAsync(RealServer replica)
    {
        ArgumentNullException.ThrowIfNull(replica);
        await replica.CallAsync("CLUSTER", "FAILOVER");
        await WaitForPrimaryAsync(replica);
    }

    /// <summary>Comes back when a node says that it is a primary.</summary>
    public static Task WaitForPrimaryAsync(RealServer node) => Waiting.UntilAsync(
        async () => await node.InfoAsync("replication", "role") == "master", () => $"port {Text(node.Port)} to become a primary; it said:\n{node.Output}");

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
        {
            await node.DisposeAsync();
        }
    }

    private int FirstSlotOf(int primary) => primary == PrimaryCount ? SlotCount : SlotCount * primary / PrimaryCount / _slotsOfPiece * _slotsOfPiece;

    private async Task JoinAsync()
    {
        for (var i = 0; i < PrimaryCount; i++)
        {
            var (first, last) = (FirstSlotOf(i), FirstSlotOf(i + 1) - 1);
            await _nodes[i].CallAsync("CLUSTER", "ADDSLOTSRANGE", Text(first), Text(last));
            await _nodes[i].CallAsync("CLUSTER", "SET-CONFIG-EPOCH", Text(i + 1));
        }

        foreach (var node in _nodes)
        {
            _ids[node] = (string)(await node.CallAsync("CLUSTER", "MYID"))!;
            await node.CallAsync("CLUSTER", "MEET", "127.0.0.1", Text(_nodes[0].Port), Text(_nodes[0].BusPort));
        }

        for (var i = PrimaryCount; i < _nodes.Count; i++)
        {
            var (replica, primary) = (_nodes[i], _nodes[i - PrimaryCount]);

            // Refused until the replica has heard of the primary.
            await Waiting.UntilAsync(
                async () => await replica.CallAsync("CLUSTER", "REPLICATE", IdOf(primary)) is "OK", () => $"a replica to be accepted; it said:\n{replica.Output}");
        }

        await Waiting.UntilAsync(EachKnowsAllAsync, () => "the nodes to know each other");
        await WaitUntilGoodAsync();
    }

    private async Task<bool> EachKnowsAllAsync()
    {
        foreach (var node in _nodes)
        {
            var lines = ((string)(await node.CallAsync("CLUSTER", "NODES"))!).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            if (lines.Length != _nodes.Count || lines.Count(line => line.Contains("slave", StringComparison.Ordinal)) != PrimaryCount)
            {
                return false;
            }
        }

        return true;
    }

    private async Task<RealServer> OwnerOfAsync(int slot, RealServer asked)
    {
        foreach (var range in ((List<object?>)(await asked.CallAsync("CLUSTER", "SLOTS"))!).Cast<List<object?>>())
        {
            if ((long)range[0]! <= slot && slot <= (long)range[1]!)
            {
                var port = (long)((List<object?>)range[2]!)[1]!;
                return _nodes.Single(node => node.Port == port);
            }
        }

        throw new InvalidOperationException($"Nobody owns slot {Text(slot)}.");
    }

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
