using Larder.Coherence;
using Larder.Ports;

namespace Larder.Tests.Coherence.Kit;

/// <summary>One store and the nodes that share it. Nothing happens by itself; time stands still until the test moves it.</summary>
internal sealed class World
{
    internal const string CacheName = "stepped";
    internal const long Lease = 5_000;
    internal const long LoadLease = 900;

    private int _nodes;

    internal World(CoherenceLevel level = CoherenceLevel.Strict, bool isOrdered = true)
    {
        // The runner's own context would hand what goes on to other threads.
        SynchronizationContext.SetSynchronizationContext(null);
        Level = level;
        IsOrdered = isOrdered;
        Authority = new MemoryAuthority(Clock);
    }

    internal FakeClock Clock { get; } = new();

    internal MemoryAuthority Authority { get; }

    internal List<CoherentNode> Nodes { get; } = [];

    private CoherenceLevel Level { get; }

    private bool IsOrdered { get; }

    internal AuthorityKind Kind => Authority.KindOf(CacheName, CoherentNode.Key);

    internal FenceToken Token => Authority.TokenOf(CacheName, CoherentNode.Key);

    /// <summary>A node that is connected and has its lease.</summary>
    internal CoherentNode Add(long lease = Lease, FakeClock? clock = null, CoherenceLevel? level = null)
    {
        var options = new LinkedAuthorityOptions { Level = level ?? Level, LeaseTime = TimeSpan.FromMilliseconds(lease) };
        var node = new CoherentNode(Authority, ++_nodes, options, clock ?? Clock, IsOrdered);
        Nodes.Add(node);
        node.Settle();
        return node;
    }

    /// <summary>Lets all nodes go on until nothing is under way.</summary>
    internal void Settle(params CoherentNode[] except)
    {
        // Twice over all: what one of them does reaches those that were at rest already.
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
    internal void Pass(long milliseconds, params CoherentNode[] except)
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
        foreach (var node in Nodes)
        {
            if (node.Clock.Rate != 1)
            {
                node.Clock.Advance(TimeSpan.FromMilliseconds(milliseconds));
            }
        }
    }

    /// <summary>Lets time pass until the call has ended.</summary>
    internal T Done<T>(ValueTask<T> call, long longest, params CoherentNode[] except)
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

    /// <summary>So long that every node trusts the registry.</summary>
    internal void GrowOld(params CoherentNode[] except) => Pass(Lease + (Lease / 10), except);

    /// <summary>Plants a value as another node would that is no part of this world.</summary>
    internal void Plant(string value)
    {
        var writer = Add();
        Assert.Equal(StoreOutcome.Stored, writer.Set(value));
    }
}
