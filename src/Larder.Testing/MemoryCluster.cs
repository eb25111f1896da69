using System.Globalization;
using Larder.Ports;
using Larder.Scheduling;

namespace Larder.Testing;

/// <summary>
/// A store in memory that is spread over several nodes, as a cluster is: keys lie in slots, several slots make a range, and slots move between the nodes on demand. What belongs to the home of a range
/// (registry, bell and fences) moves with the range's first slot.
/// </summary>
/// <remarks>Thread-safe. It keeps everything until it ends; there is no bound. Caches share what it keeps when they have the same name.</remarks>
/// <example><code>
/// var cluster = new MemoryCluster(clock);
/// var tier = new ShardedAuthority(cluster.Connect(), options);
/// </code></example>
public sealed class MemoryCluster
{
    private readonly ClusterStore _cluster;
    private readonly IReadOnlyList<SimulationNode>? _servers;

    /// <summary>Makes an empty cluster, with the same share of the slots on each node.</summary>
    /// <param name="timeProvider">The clock by which leases and values end; null for the system's.</param>
    /// <param name="nodes">How many nodes, from 1 on.</param>
    /// <param name="ranges">How many ranges, from 1 to 1,024.</param>
    /// <param name="slotsOfRange">How many slots make a range, from 1 on.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public MemoryCluster(TimeProvider? timeProvider = null, int nodes = 3, int ranges = 8, int slotsOfRange = 4)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(nodes, 1);
        Check(ranges, slotsOfRange);
        _cluster = new ClusterStore([.. Enumerable.Repeat(new SystemScheduler(timeProvider ?? TimeProvider.System), nodes)], ranges, slotsOfRange);
    }

    /// <summary>
    /// Makes an empty cluster whose nodes are nodes of a simulation: what they carry out are their steps. While one is paused it answers nothing; when it crashes, what it kept is lost, and it keeps its slots.
    /// </summary>
    /// <param name="nodes">At least one, each of its own.</param>
    /// <param name="ranges">How many ranges, from 1 to 1,024.</param>
    /// <param name="slotsOfRange">How many slots make a range, from 1 on.</param>
    /// <exception cref="ArgumentException">There is no node.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public MemoryCluster(IReadOnlyList<SimulationNode> nodes, int ranges = 8, int slotsOfRange = 4)
    {
        ArgumentNullException.ThrowIfNull(nodes);
        if (nodes.Count == 0)
        {
            throw new ArgumentException("There is no node; give at least one.", nameof(nodes));
        }

        Check(ranges, slotsOfRange);
        _servers = [.. nodes];
        _cluster = new ClusterStore([.. nodes.Select(static node => node.CreateLastingScheduler())], ranges, slotsOfRange);
        for (var i = 0; i < nodes.Count; i++)
        {
            var crashed = i;
            nodes[i].WhenCrashing(() =>
            {
                Restart(crashed);
                return true;
            });
        }
    }

    /// <summary>How many nodes there are.</summary>
    public int Nodes => _cluster.Nodes;

    /// <summary>How many slots there are.</summary>
    public int Slots => _cluster.Slots;

    /// <summary>Makes the ways to it for one tier.</summary>
    /// <param name="onThreadPool">True to deliver on a thread of the pool, as real connections do, instead of the one that sends.</param>
    /// <returns>The ways.</returns>
    public MemoryShards Connect(bool onThreadPool = false) => new(_cluster, onThreadPool);

    /// <summary>Makes the ways of one node over a simulated network.</summary>
    /// <param name="network">The network.</param>
    /// <param name="node">The node.</param>
    /// <returns>The ways.</returns>
    /// <exception cref="InvalidOperationException">The cluster was not made of nodes of a simulation.</exception>
    public SimulatedShards Connect(SimulatedNetwork network, SimulationNode node)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(node);
        return _servers is not null
            ? new SimulatedShards(network, _cluster, _servers, node)
            : throw new InvalidOperationException("The cluster runs on no nodes of a simulation; make it with nodes, or connect without a network.");
    }

    /// <summary>The slot of a key.</summary>
    /// <param name="key">The key.</param>
    /// <returns>From 0 to <see cref="Slots"/> − 1.</returns>
    public int SlotOf(string key) => _cluster.SlotOf(key);

    /// <summary>The slot that the home of a range moves with.</summary>
    /// <param name="range">The range.</param>
    /// <returns>Its first slot.</returns>
    public int HomeSlotOf(int range) => _cluster.HomeSlotOf(range);

    /// <summary>The node that has a slot now.</summary>
    /// <param name="slot">The slot.</param>
    /// <returns>From 0 to <see cref="Nodes"/> − 1.</returns>
    public int OwnerOf(int slot) => _cluster.OwnerOf(slot);

    /// <summary>A key of a slot, the same each time.</summary>
    /// <param name="slot">The slot.</param>
    /// <param name="skip">How many of its keys to pass over.</param>
    /// <returns>A key such as "k17".</returns>
    public string KeyIn(int slot, int skip = 0)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)slot, (uint)Slots, nameof(slot));
        return Enumerable.Range(0, int.MaxValue)
            .Select(static number => string.Create(CultureInfo.InvariantCulture, $"k{number}"))
            .Where(key => SlotOf(key) == slot)
            .ElementAt(skip);
    }

    /// <summary>Moves a slot with all that is in it. Whoever tracks a key that leaves is told; a missing key that is tracked leaves without a word.</summary>
    /// <param name="slot">The slot.</param>
    /// <param name="node">Where to.</param>
    public void Move(int slot, int node) => _cluster.Move(slot, node, withData: true, announces: true);

    /// <summary>Gives a slot to another node without what is in it, and tells nobody, as after a split or an operator's force.</summary>
    /// <param name="slot">The slot.</param>
    /// <param name="node">Where to.</param>
    public void Take(int slot, int node) => _cluster.Move(slot, node, withData: false, announces: false);

    /// <summary>A node dies, and another one, which has a copy of everything, takes its place.</summary>
    /// <param name="node">The node.</param>
    /// <param name="heir">Who takes over its slots.</param>
    public void FailOver(int node, int heir)
    {
        for (var slot = 0; slot < Slots; slot++)
        {
            if (OwnerOf(slot) == node)
            {
                _cluster.Move(slot, heir, withData: true, announces: false);
            }
        }

        Stop(node);
    }

    /// <summary>Breaks every connection to a node and refuses new ones until <see cref="Start"/>. What it keeps stays.</summary>
    /// <param name="node">The node.</param>
    public void Stop(int node) => Change(_cluster[node], static store => store.GoDown(losesData: false));

    /// <summary>Lets links connect to the node again.</summary>
    /// <param name="node">The node.</param>
    public void Start(int node) => Change(_cluster[node], static store => store.GoUp());

    /// <summary>A node loses everything that it keeps, breaks every connection, and is there again at once with the slots that it had.</summary>
    /// <param name="node">The node.</param>
    public void Restart(int node) => Change(_cluster[node], static store =>
    {
        store.GoDown(losesData: true);
        store.GoUp();
    });

    /// <summary>A node forgets everything of every cache, and announces that to every connection.</summary>
    /// <param name="node">The node.</param>
    public void Flush(int node) => Change(_cluster[node], static store => store.Flush());

    /// <summary>A node throws one of everything that it keeps out: a value, a lease, a fence, or a registry.</summary>
    /// <param name="node">The node.</param>
    /// <param name="random">Chooses which.</param>
    public void EvictAny(int node, Random random)
    {
        ArgumentNullException.ThrowIfNull(random);
        Change(_cluster[node], store => store.EvictAny(random));
    }

    /// <summary>Throws a key out, as a store does that needs the memory.</summary>
    /// <param name="cacheName">The name of the cache.</param>
    /// <param name="key">The key.</param>
    public void Evict(string cacheName, string key) => Change(_cluster.StoreOf(key), store =>
    {
        if (store.Space(ClusterStore.SpaceOf(cacheName, _cluster.RangeOf(key))).FindKey(key) is { IsEmpty: false } slot)
        {
            store.Vacate(slot);
        }
    });

    /// <summary>Throws the registry of a range out.</summary>
    /// <param name="cacheName">The name of the cache.</param>
    /// <param name="range">The range.</param>
    public void EvictRegistry(string cacheName, int range) =>
        Change(_cluster[OwnerOf(HomeSlotOf(range))], store => store.Space(ClusterStore.SpaceOf(cacheName, range)).Registry = null);

    /// <summary>What a key holds now, for a test to look at.</summary>
    /// <param name="cacheName">The name of the cache.</param>
    /// <param name="key">The key.</param>
    /// <returns>The kind.</returns>
    public AuthorityKind KindOf(string cacheName, string key)
    {
        var store = _cluster.StoreOf(key);
        lock (store.Gate)
        {
            return store.Space(ClusterStore.SpaceOf(cacheName, _cluster.RangeOf(key))).FindKey(key) is { } slot && slot.EndsAt > store.Now
                ? slot.Kind
                : AuthorityKind.Nothing;
        }
    }

    private static void Check(int ranges, int slotsOfRange)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(ranges, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(ranges, 1_024);
        ArgumentOutOfRangeException.ThrowIfLessThan(slotsOfRange, 1);
    }

    private static void Change(AuthorityStore store, Action<AuthorityStore> change)
    {
        Session[]? touched;
        lock (store.Gate)
        {
            change(store);
            touched = store.TakeTouched();
        }

        AuthorityStore.Flush(touched);
    }
}
