using Larder.Ports;
using Larder.Scheduling;

namespace Larder.Testing;

/// <summary>
/// A store in memory that several caches share, as they would share a server: every command of <see cref="AuthorityVerb"/>, tracking for each connection, expiry, and on demand eviction,
/// flush, failure and restart.
/// </summary>
/// <remarks>
/// Thread-safe, unless it is driven by a simulation. It keeps everything until it ends or is evicted; there is no bound. Caches share what it keeps when they have the same name.
/// </remarks>
/// <example><code>
/// var authority = new MemoryAuthority(clock);
/// var link = authority.Connect();       // one for each cache
/// </code></example>
public sealed class MemoryAuthority
{
    private readonly AuthorityStore _store;
    private readonly SimulationNode? _node;

    /// <summary>Makes an empty store.</summary>
    /// <param name="timeProvider">The clock by which leases and values end; null for the system's.</param>
    public MemoryAuthority(TimeProvider? timeProvider = null) =>
        _store = new AuthorityStore(new SystemScheduler(timeProvider ?? TimeProvider.System));

    /// <summary>
    /// Makes an empty store that runs on a node of a simulation: what it carries out are steps of that node. While the node is paused nothing is answered; when it crashes,
    /// everything is lost.
    /// </summary>
    /// <param name="node">A node of its own.</param>
    public MemoryAuthority(SimulationNode node)
    {
        ArgumentNullException.ThrowIfNull(node);
        _node = node;
        _store = new AuthorityStore(node.CreateLastingScheduler());
        node.WhenCrashing(() =>
        {
            Restart();
            return true;
        });
    }

    /// <summary>False between <see cref="Stop"/> and <see cref="Start"/>.</summary>
    public bool IsUp => Under(store => store.IsUp);

    /// <summary>Makes a link without a network in between, for one tier: at once, on the caller's thread.</summary>
    /// <returns>The link.</returns>
    public MemoryLink Connect() => Connect(announcesInOrder: true, onThreadPool: false);

    /// <summary>Makes a link without a network in between, for one tier.</summary>
    /// <param name="announcesInOrder">False for announcements that are messages to everybody, so that only <see cref="CoherenceLevel.Eventual"/> can be offered. Here none is lost.</param>
    /// <param name="onThreadPool">True to deliver answers and announcements on a thread of the pool, as a real connection does, instead of the one that sends.</param>
    /// <returns>The link.</returns>
    public MemoryLink Connect(bool announcesInOrder, bool onThreadPool) => new(_store, announcesInOrder, onThreadPool);

    /// <summary>Makes a link of one node over a simulated network.</summary>
    /// <param name="network">The network.</param>
    /// <param name="node">The node.</param>
    /// <param name="announcesInOrder">False for announcements that are numbered messages to everybody, which the network may delay, reorder, duplicate and lose.</param>
    /// <returns>The link.</returns>
    public SimulatedLink Connect(SimulatedNetwork network, SimulationNode node, bool announcesInOrder = true)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(node);
        var link = new SimulatedLink(network, () => new SimulatedPlace(_store, _node), node, announcesInOrder);
        network.Add(link);
        return link;
    }

    /// <summary>Throws a key out, as a store does that needs the memory; what holds its refresh lease stays.</summary>
    /// <param name="cacheName">The name of the cache.</param>
    /// <param name="key">The key.</param>
    /// <returns>True when something was there.</returns>
    public bool Evict(string cacheName, string key) => Evict(cacheName, space => space.FindKey(key));

    /// <summary>Throws a fence out.</summary>
    /// <param name="cacheName">The name of the cache.</param>
    /// <param name="fence">The fence.</param>
    /// <returns>True when it was there.</returns>
    public bool Evict(string cacheName, FenceName fence) => Evict(cacheName, space => space.FindFence(fence));

    /// <summary>Throws a key's refresh lease out.</summary>
    /// <param name="cacheName">The name of the cache.</param>
    /// <param name="key">The key.</param>
    /// <returns>True when there was one.</returns>
    public bool EvictRefreshLease(string cacheName, string key) => Change(store =>
    {
        if (store.Space(cacheName).FindRefresh(key) is not { IsEmpty: false } slot)
        {
            return false;
        }

        slot.Clear();
        slot.Space.Trim(slot);
        return true;
    });

    /// <summary>Throws the registry of a cache's nodes out.</summary>
    /// <param name="cacheName">The name of the cache.</param>
    /// <returns>True when there was one.</returns>
    public bool EvictRegistry(string cacheName) => Change(store =>
    {
        var space = store.Space(cacheName);
        var wasThere = space.Registry is not null;
        space.Registry = null;
        return wasThere;
    });

    /// <summary>Throws one of everything that is kept out: a value, a lease, a fence, or a registry.</summary>
    /// <param name="random">Chooses which.</param>
    /// <returns>True unless nothing was there.</returns>
    public bool EvictAny(Random random)
    {
        ArgumentNullException.ThrowIfNull(random);
        return Change(store => store.EvictAny(random));
    }

    /// <summary>Forgets everything of every cache, and announces that to every connection.</summary>
    public void FlushAll() => Change(static store =>
    {
        store.Flush();
        return true;
    });

    /// <summary>Breaks every connection and refuses new ones until <see cref="Start"/>. What it keeps stays.</summary>
    public void Stop() => Change(static store =>
    {
        store.GoDown(losesData: false);
        return true;
    });

    /// <summary>Lets the links connect again.</summary>
    public void Start() => Change(static store =>
    {
        store.GoUp();
        return true;
    });

    /// <summary>Loses everything, breaks every connection, and is there again at once.</summary>
    public void Restart() => Change(static store =>
    {
        store.GoDown(losesData: true);
        store.GoUp();
        return true;
    });

    /// <summary>What a key holds now, for a test to look at.</summary>
    /// <param name="cacheName">The name of the cache.</param>
    /// <param name="key">The key.</param>
    /// <returns>The kind.</returns>
    public AuthorityKind KindOf(string cacheName, string key) => Look(cacheName, key, static slot => slot.Kind);

    /// <summary>The token that a key carries now, for a test to look at.</summary>
    /// <param name="cacheName">The name of the cache.</param>
    /// <param name="key">The key.</param>
    /// <returns>The token; <see cref="FenceToken.None"/> when it carries none.</returns>
    public FenceToken TokenOf(string cacheName, string key) => Look(cacheName, key, static slot => slot.Token);

    /// <summary>The bytes of a key's value now, for a test to look at.</summary>
    /// <param name="cacheName">The name of the cache.</param>
    /// <param name="key">The key.</param>
    /// <returns>The bytes; empty without a value.</returns>
    public ReadOnlyMemory<byte> BodyOf(string cacheName, string key) => Look(cacheName, key, static slot => new ReadOnlyMemory<byte>(slot.Body));

    /// <summary>All keys of a cache that hold something, in the order in which they came.</summary>
    /// <param name="cacheName">The name of the cache.</param>
    /// <returns>The keys.</returns>
    public IReadOnlyList<string> Keys(string cacheName) =>
        Under(store => store.Space(cacheName).Keys(store.Now).ToList());

    private bool Evict(string cacheName, Func<Keyspace, Slot?> find)
    {
        ArgumentNullException.ThrowIfNull(cacheName);
        return Change(store =>
        {
            if (find(store.Space(cacheName)) is not { IsEmpty: false } slot)
            {
                return false;
            }

            store.Vacate(slot);
            return true;
        });
    }

    private T? Look<T>(string cacheName, string key, Func<Slot, T> look) =>
        Under(store => store.Space(cacheName).FindKey(key) is { } slot && slot.EndsAt > store.Now ? look(slot) : default);

    private T Under<T>(Func<AuthorityStore, T> look)
    {
        lock (_store.Gate)
        {
            return look(_store);
        }
    }

    private bool Change(Func<AuthorityStore, bool> change)
    {
        bool result;
        Session[]? touched;
        lock (_store.Gate)
        {
            result = change(_store);
            touched = _store.TakeTouched();
        }

        AuthorityStore.Flush(touched);
        return result;
    }
}
