using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Larder.Servers;

namespace Larder.Integration.Tests.Histories;

/// <summary>
/// A cluster of three primaries with a replica each: slots move with their keys, replicas take over in agreement, which loses nothing, and in the place of a primary that
/// was killed or halted for too long, which may.
/// </summary>
internal sealed class ClusterStore : IHistoryStore
{
    private const int SlotCount = 16_384;
    private const int LongestPause = 2_000;
    private const int ShortPause = 500;

    private readonly RealCluster _cluster;
    private readonly Random _chance;
    private readonly string[] _keys;
    private readonly int _rangeLength;
    private readonly List<RealServer> _primaries;
    private readonly ConcurrentQueue<Doubt> _doubts = new();
    private long _lastKnown = Stopwatch.GetTimestamp();

    private ClusterStore(RealCluster cluster, IEnumerable<string> keys, int ranges, Random chance)
    {
        _cluster = cluster;
        _primaries = [.. cluster.Nodes.Take(cluster.Nodes.Count / 2)];
        _chance = chance;
        _keys = [.. keys];
        _rangeLength = SlotCount / ranges;
    }

    public string ConnectionString => string.Join(',', _cluster.Nodes.Select(static node => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{node.Port}"))) + ",topology=cluster";

    public Disturbances Known =>
        Disturbances.CutConnections | Disturbances.PausedServer | Disturbances.KilledServer | Disturbances.LostKeys | Disturbances.Failovers | Disturbances.MovedSlots;

    public IReadOnlyCollection<Doubt> Doubts => _doubts;

    /// <summary>Starts the servers.</summary>
    /// <param name="keys">The names of the keys in use, as the servers see them: their slots are moved.</param>
    /// <param name="ranges">Into how many ranges the slots are cut.</param>
    /// <param name="chance">What decides.</param>
    internal static async Task<ClusterStore> StartAsync(IEnumerable<string> keys, int ranges, Random chance) => new(await RealCluster.StartAsync(), keys, ranges, chance);

    public async Task DisturbAsync(Disturbances kind)
    {
        var primary = Any(_primaries);
        switch (kind)
        {
            case Disturbances.CutConnections:
                await Mischief.CutConnectionsAsync(primary, _chance);
                break;
            case Disturbances.LostKeys:
                await Mischief.LoseKeysAsync(primary, _chance);
                break;
            case Disturbances.PausedServer:
                await Mischief.PauseAsync(primary, TimeSpan.FromMilliseconds(_chance.Next(LongestPause)));
                break;
            case Disturbances.KilledServer:
                await KillAsync(primary);
                break;
            case Disturbances.Failovers:
                await RealCluster.PromoteAsync(PartnerOf(primary));
                Replace(primary);
                break;
            default:
                await MoveAsync();
                break;
        }
    }

    public async Task SettleAsync()
    {
        await _cluster.WaitUntilGoodAsync();
        foreach (var primary in _primaries.ToArray())
        {
            if (await IsPrimaryAsync(PartnerOf(primary)))
            {
                // It was halted for too long, or the machine is so busy that it looked like that.
                Replace(primary);
                _doubts.Enqueue(Doubt.Halted(_lastKnown, until: TimeSpan.FromSeconds(1)));
            }
        }

        _lastKnown = Stopwatch.GetTimestamp();
    }

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    private static async Task<bool> IsPrimaryAsync(RealServer node) => await node.InfoAsync("replication", "role") == "master";

    private async Task KillAsync(RealServer primary)
    {
        var (moment, alone) = await Mischief.KillAsync(primary, [PartnerOf(primary)], _chance);
        if (_chance.Next(3) == 0)
        {
            // Before the others take it for dead: it goes on as the primary, and is empty.
            await Task.Delay(_chance.Next(ShortPause));
        }
        else
        {
            await RealCluster.WaitForPrimaryAsync(PartnerOf(primary));
        }

        await primary.RestartAsync();
        await _cluster.WaitUntilGoodAsync();
        if (await IsPrimaryAsync(PartnerOf(primary)))
        {
            Replace(primary);
            _doubts.Enqueue(Doubt.Dead(moment, alone));
        }
    }

    /// <summary>Moves the slot of a key, or the one in which the registry of its range is, to another node.</summary>
    private async Task MoveAsync()
    {
        var key = _keys[_chance.Next(_keys.Length)];
        var slot = (int)(long)(await _cluster.Nodes[0].CallAsync("CLUSTER", "KEYSLOT", key))!;
        if (_chance.Next(3) == 0)
        {
            slot -= slot % _rangeLength;
        }

        var from = await _cluster.OwnerOfAsync(slot);
        var to = Any([.. _primaries.Where(node => node != from)]);
        await _cluster.BeginMoveAsync(slot, from, to);
        await Task.Delay(_chance.Next(300));

        // What comes into being while the last keys are moved would be given away unmoved; a migrating slot takes no new keys, so one more look is enough.
        while (await RealCluster.MoveKeysAsync(slot, from, to) > 0)
        {
            await Task.Delay(_chance.Next(50));
        }

        await _cluster.EndMoveAsync(slot, from, to);
    }

    private RealServer Any(IReadOnlyList<RealServer> servers) => servers[_chance.Next(servers.Count)];

    private RealServer PartnerOf(RealServer node)
    {
        var index = _cluster.Nodes.ToList().IndexOf(node);
        return _cluster.Nodes[(index + (_cluster.Nodes.Count / 2)) % _cluster.Nodes.Count];
    }

    private void Replace(RealServer primary) => _primaries[_primaries.IndexOf(primary)] = PartnerOf(primary);
}
