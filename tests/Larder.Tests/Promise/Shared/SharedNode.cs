using Larder.Coherence;

namespace Larder.Tests.Promise.Shared;

/// <summary>One process of a <see cref="SharedWorld"/>.</summary>
internal sealed class SharedNode
{
    private readonly SharedWorld _world;
    private readonly CoherenceLevel _level;
    private readonly Action<CacheOptions> _configure;

    internal SharedNode(SharedWorld world, int index, CoherenceLevel level, TimeSpan wallClock, Action<CacheOptions> configure)
    {
        _world = world;
        _level = level;
        _configure = configure;
        Process = world.Simulation.AddNode($"n{index}");
        Process.Clock.JumpWall(wallClock);
        Open();
    }

    internal SimulationNode Process { get; }

    internal SimulatedLink Link { get; private set; } = null!;

    internal TierFaults Faults { get; private set; } = null!;

    internal ICache Cache { get; private set; } = null!;

    /// <summary>The process dies, and another takes its place.</summary>
    internal void Restart()
    {
        Process.Crash();
        Process.Start();
        Open();
    }

    /// <summary>Makes a call, which goes on in steps.</summary>
    internal Task<T> Start<T>(Func<ICache, ValueTask<T>> call)
    {
        Task<T>? started = null;
        Process.Do(() => started = call(Cache).AsTask());
        return started!;
    }

    /// <summary>Makes a call and waits for its answer.</summary>
    internal T Call<T>(Func<ICache, ValueTask<T>> call) => _world.Done(Start(call));

    internal void Set(string value, string key = "k", EntryOptions? options = null, params string[] tags) =>
        Call(async cache =>
        {
            await cache.SetAsync(key, value, options, tags);
            return true;
        });

    internal void Remove(string key = "k") => Assert.Equal(RemovalOutcome.Done, Call(cache => cache.RemoveAsync(key)));

    internal void RemoveByTag(string tag = "t") => Assert.Equal(RemovalOutcome.Done, Call(cache => cache.RemoveByTagAsync(tag)));

    internal void Clear() => Assert.Equal(RemovalOutcome.Done, Call(cache => cache.ClearAsync()));

    /// <summary>Reads; the source would answer "new" at once.</summary>
    internal string Read(string key = "k", EntryOptions? options = null, params string[] tags) =>
        Call(cache => cache.GetOrCreateAsync(key, static _ => new ValueTask<string>("new"), options, tags));

    /// <summary>Reads what must be there.</summary>
    internal string ReadKept(string key = "k", EntryOptions? options = null) =>
        Call(cache => cache.GetOrCreateAsync<string>(key, static _ => throw new InvalidOperationException("The source must not be asked here."), options));

    /// <summary>Reads while the source is down.</summary>
    internal CacheResult<string> ReadWithoutSource(string key = "k", EntryOptions? options = null, params string[] tags) =>
        Call(cache => cache.ResolveAsync<string>(key, static _ => throw new IOException("down"), options, tags));

    /// <summary>What memory alone answers; null for nothing.</summary>
    internal string? Peek(string key = "k") => Cache.TryGet<string>(key, out var value) ? value : null;

    /// <summary>Begins a load whose source waits for the test, and lets it come as far as it can.</summary>
    internal SharedLoad Load(string key = "k", EntryOptions? options = null, params string[] tags)
    {
        var load = new SharedLoad(_world, this);
        load.Begin(cache => cache.GetOrCreateAsync<object?, string>(key, null, load.Factory, options, tags));
        return load;
    }

    private void Open()
    {
        Link = _world.Authority.Connect(_world.Network, Process, _world.AnnouncesInOrder);
        var tier = FaultyTier.Around(new LinkedAuthority(Link, new LinkedAuthorityOptions { Level = _level, LeaseTime = SharedWorld.Lease }));
        Faults = tier.Faults;
        Cache = Process.CreateCache(
            options =>
            {
                options.Authority = tier;
                options.TierTimeout = TimeSpan.FromSeconds(20);
                _configure(options);
            },
            SharedWorld.CacheName);
    }
}
