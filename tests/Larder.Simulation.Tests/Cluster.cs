using Larder.Coherence;
using Larder.Ports;
using Larder.Testing;

namespace Larder.Simulation.Tests;

/// <summary>A store on three nodes, whose slots and homes of ranges move between them, and of which one may take over from another.</summary>
internal sealed class Cluster : SharedStore
{
    private const int Nodes = 3;
    private const int Ranges = 2;

    // With so many each key of the database lies in a slot that may leave the home of its range.
    private const int SlotsOfRange = 3;

    private readonly World _world;
    private readonly SimulationNode[] _servers;
    private readonly MemoryCluster _cluster;

    internal Cluster(World world)
    {
        _world = world;
        _servers = [.. Enumerable.Range(0, Nodes).Select(number => world.Simulation.AddNode($"shard{number}"))];
        _cluster = new MemoryCluster(_servers, Ranges, SlotsOfRange);
        Gather();
    }

    internal override int Moves => 24;

    internal override (ITier Tier, StoreWay Way) Connect(SimulationNode node, int index)
    {
        var shards = _cluster.Connect(_world.Network, node);
        return (
            new ShardedAuthority(shards, _world.Plan.Coherence),
            new StoreWay(() => Cut(shards), () => Partition(shards), shards.BlockReplies, shards.Heal));
    }

    internal override void EvictAny() => _cluster.EvictAny(_world.Chance.Next(Nodes), _world.Chance);

    internal override void Flush() => _cluster.Flush(_world.Chance.Next(Nodes));

    internal override void Restart() => _cluster.Restart(_world.Chance.Next(Nodes));

    internal override string Move()
    {
        var (first, second) = (_world.Chance.Next(Nodes), _world.Chance.Next(Nodes));
        switch (_world.Chance.Next(10))
        {
            case 0 when first != second:
                _cluster.FailOver(first, second);
                return $"shard{second} takes over from shard{first}";
            case 1 or 2:
                _cluster.Start(first);
                return $"start shard{first}";
            case 3:
                _servers[first].Pause();
                return $"pause shard{first}";
            case 4:
                _servers[first].Resume();
                return $"resume shard{first}";
            case 5:
                Gather();
                return "all slots move to the homes of their ranges";
            default:
                var slot = _world.Chance.Next(_cluster.Slots);
                _cluster.Move(slot, second);
                return $"slot {slot} moves to shard{second}";
        }
    }

    internal override void End()
    {
        for (var node = 0; node < Nodes; node++)
        {
            _servers[node].Resume();
            _cluster.Start(node);
        }
    }

    // The usual state of a cluster.
    private void Gather()
    {
        for (var slot = 0; slot < _cluster.Slots; slot++)
        {
            _cluster.Move(slot, _cluster.OwnerOf(_cluster.HomeSlotOf(slot / SlotsOfRange)));
        }
    }

    // One connection breaks, or all do.
    private void Cut(SimulatedShards shards)
    {
        if (_world.Chance.Next(2) == 0)
        {
            shards.Cut();
        }
        else
        {
            shards.Links[_world.Chance.Next(shards.Count)].Cut();
        }
    }

    private void Partition(SimulatedShards shards)
    {
        if (_world.Chance.Next(2) == 0)
        {
            shards.Partition();
        }
        else
        {
            shards.Links[_world.Chance.Next(shards.Count)].Partition();
        }
    }
}
