using Larder.Ports;

namespace Larder.Tests.Promise.Shared;

/// <summary>
/// Several processes with a cache each, over one authority. Nothing happens by itself: calls run step by step on the test's thread, and time passes only where the test, or a call that has nothing
/// else to wait for, lets it.
/// </summary>
internal sealed class SharedWorld
{
    internal const string CacheName = "shared";
    internal static readonly TimeSpan Lease = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Stride = TimeSpan.FromMilliseconds(250);
    private readonly CoherenceLevel _level;

    /// <summary>Makes the processes, and lets them see each other for a lease.</summary>
    /// <param name="level">The level of coherence.</param>
    /// <param name="nodes">How many processes.</param>
    /// <param name="configure">More settings of the caches, by the number of the process.</param>
    /// <param name="wallClocks">By how much each process's wall clock is wrong; null for not at all.</param>
    /// <param name="announcesInOrder">False for announcements that are messages, which can be lost.</param>
    internal SharedWorld(
        CoherenceLevel level, int nodes = 2, Action<int, CacheOptions>? configure = null, TimeSpan[]? wallClocks = null, bool announcesInOrder = true)
    {
        _level = level;
        AnnouncesInOrder = announcesInOrder;
        Simulation = new SimulationScheduler(seed: 1) { TimePasses = 0 };
        Network = new SimulatedNetwork(Simulation);
        Authority = new MemoryAuthority(Simulation.AddNode("authority"));
        Nodes = [.. Enumerable.Range(0, nodes).Select(index => new SharedNode(this, index, level, wallClocks?[index] ?? default, options => configure?.Invoke(index, options)))];

        // A change at Strict waits for a registry that is younger than a lease.
        Pass(Lease * 1.3);
    }

    internal SimulationScheduler Simulation { get; }

    internal SimulatedNetwork Network { get; }

    internal MemoryAuthority Authority { get; }

    internal SharedNode[] Nodes { get; }

    internal bool AnnouncesInOrder { get; }

    /// <summary>Lets time pass while everything that can go on goes on.</summary>
    internal void Pass(TimeSpan by)
    {
        Idle();
        for (var left = by; left > TimeSpan.Zero; left -= Stride)
        {
            Simulation.Advance(left < Stride ? left : Stride);
            Idle();
        }
    }

    /// <summary>Lets everything go on that can without time.</summary>
    internal void Idle() => Simulation.RunUntilIdle();

    /// <summary>After a change: what the level grants other nodes before they owe the new state. Nothing at Strict.</summary>
    internal void Grant()
    {
        switch (_level)
        {
            case CoherenceLevel.Bounded:
                Pass(Lease);
                break;
            case CoherenceLevel.Eventual:
                Idle();
                break;
        }
    }

    /// <summary>Runs until the task has ended, and answers what it answers.</summary>
    internal T Done<T>(Task<T> task)
    {
        Assert.True(Simulation.RunUntil(() => task.IsCompleted), "The call does not end.");
        return task.GetAwaiter().GetResult();
    }

    internal bool Holds(string key = "k") => Authority.KindOf(CacheName, key) == AuthorityKind.Value;
}
