using Larder.Coherence;

namespace Larder.Tests.Coherence.Kit;

/// <summary>One cluster and the nodes that share it. Nothing happens by itself; time stands still until the test moves it.</summary>
internal sealed class ClusterWorld
{
    private readonly CoherenceLevel _level;
    private int _nodes;

    internal ClusterWorld(CoherenceLevel level = CoherenceLevel.Strict, int nodes = 2, int ranges = 2, int slotsOfRange = 2)
    {
        // The runner's own context would hand what goes on to other threads.
        SynchronizationContext.SetSynchronizationContext(null);
        _level = level;
        Cluster = new MemoryCluster(Clock, nodes, ranges, slotsOfRange);
        Key = Cluster.KeyIn(1);
    }

    internal FakeClock Clock { get; } = new();

    internal MemoryCluster Cluster { get; }

    /// <summary>A key of the first range that lies in another slot than the range's home.</summary>
    internal string Key { get; }

    internal int Slot => Cluster.SlotOf(Key);

    internal List<ClusterNode> Nodes { get; } = [];

    /// <summary>A node that is connected and has its leases.</summary>
    internal ClusterNode Add(FakeClock? clock = null)
    {
        var options = new LinkedAuthorityOptions { Level = _level, LeaseTime = TimeSpan.FromMilliseconds(World.Lease) };
        return Add(new ClusterNode(Cluster, ++_nodes, options, clock ?? Clock));
    }

    /// <summary>Lets all nodes go on until nothing is under way.</summary>
    internal void Settle(params ClusterNode[] except)
    {
        // Several times over all: what one of them does reaches those that were at rest already.
        for (var round = 0; round < 20; round++)
        {
            foreach (var node in Nodes)
            {
                if (!except.Contains(node))
                {
                    node.Settle();
                }
            }
        }
    }

    /// <summary>Lets time pass in small steps, in which all nodes but the given ones go on.</summary>
    internal void Pass(long milliseconds, params ClusterNode[] except)
    {
        const long step = 5;
        for (var passed = 0L; passed < milliseconds; passed += step)
        {
            Advance(Math.Min(step, milliseconds - passed));
            Settle(except);
        }
    }

    /// <summary>Lets time pass on the store's clock, and on those of nodes that go at a rate of their own.</summary>
    internal void Advance(long milliseconds)
    {
        Clock.Advance(TimeSpan.FromMilliseconds(milliseconds));
        foreach (var node in Nodes.Where(static node => node.Clock.Rate != 1))
        {
            node.Clock.Advance(TimeSpan.FromMilliseconds(milliseconds));
        }
    }

    /// <summary>Lets time pass until the call has ended.</summary>
    internal T Done<T>(ValueTask<T> call, long longest, params ClusterNode[] except)
    {
        var task = call.AsTask();
        Settle(except);
        for (var passed = 0L; !task.IsCompleted && passed < longest; passed += 5)
        {
            Pass(5, except);
        }

        Assert.True(task.IsCompleted, $"The call has not ended after {longest} ms.");
        return task.GetAwaiter().GetResult();
    }

    /// <summary>So long that every node trusts the registries.</summary>
    internal void GrowOld(params ClusterNode[] except) => Pass(World.Lease + (World.Lease / 10), except);

    internal void MoveKey(int node) => Cluster.Move(Slot, node);

    internal void MoveHome(int node, int range = 0) => Cluster.Move(Cluster.HomeSlotOf(range), node);

    private ClusterNode Add(ClusterNode node)
    {
        Nodes.Add(node);
        node.Settle();
        return node;
    }
}
