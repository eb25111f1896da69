using Larder.Coherence;
using Larder.Testing.Tests.Support;

namespace Larder.Testing.Tests.Worlds;

/// <summary>Whole caches over the kit, as docs/testing-your-cache.md shows them.</summary>
public sealed class SeveralNodesTests
{
    [Fact]
    public async Task TwoCaches_OverOneStore_DropWhatTheOtherRemoves()
    {
        var clock = new FakeClock();
        var store = new MemoryAuthority(clock);
        await using var a = LarderCache.Create(options => Configure(options, clock, Eventual(store)), "shop");
        await using var b = LarderCache.Create(options => Configure(options, clock, Eventual(store)), "shop");

        await a.SetAsync("product:42", "Jam");
        Assert.Equal(CacheTier.Remote, (await b.GetAsync<string>("product:42")).Tier);
        Assert.Equal(CacheTier.Memory, (await b.GetAsync<string>("product:42")).Tier);
        await a.RemoveAsync("product:42");

        Assert.False(b.TryGet<string>("product:42", out _));
        Assert.Equal("Honey", await b.GetOrCreateAsync("product:42", _ => new ValueTask<string>("Honey")));
    }

    [Fact]
    public async Task TwoCaches_WithLeases_ServeFromMemoryOnceTheyHaveThem()
    {
        var clock = new FakeClock();
        var store = new MemoryAuthority(clock);
        var tier = new LinkedAuthority(store.Connect());
        await using var cache = LarderCache.Create(options => Configure(options, clock, tier), "shop");

        await Until(() => tier.Gate.ServesUntil != long.MinValue);
        await cache.SetAsync("k", 1);

        Assert.Equal(CacheTier.Memory, (await cache.GetAsync<int>("k")).Tier);
    }

    [Fact]
    public async Task TwoCaches_OnTheThreadPool_AgreeInTheEnd()
    {
        var store = new MemoryAuthority();
        LinkedAuthority[] tiers = [.. Enumerable.Range(0, 2).Select(_ => new LinkedAuthority(store.Connect(announcesInOrder: true, onThreadPool: true)))];
        await using var a = LarderCache.Create(options => options.Authority = tiers[0], "shop");
        await using var b = LarderCache.Create(options => options.Authority = tiers[1], "shop");
        await Until(() => Array.TrueForAll(tiers, tier => tier.IsAvailable));

        for (var i = 0; i < 50; i++)
        {
            await a.SetAsync("k", i);
            await b.RemoveAsync("k");

            // Bounded promises it within the lease, not at once.
            await Until(() => !a.TryGet<int>("k", out _));
            Assert.Equal(-i, await a.GetOrCreateAsync("k", _ => new ValueTask<int>(-i)).AsTask().WaitAsync(TimeSpan.FromSeconds(30)));
        }
    }

    [Theory]
    [InlineData(CoherenceLevel.Strict)]
    [InlineData(CoherenceLevel.Bounded)]
    [InlineData(CoherenceLevel.Eventual)]
    public void World_OfTheSameSeed_IsTheSameRunToTheLastStep(CoherenceLevel level)
    {
        for (var seed = 0; seed < 5; seed++)
        {
            Assert.Equal(new World(seed, level).Run(), new World(seed, level).Run());
        }
    }

    [Theory]
    [InlineData(CoherenceLevel.Strict, true)]
    [InlineData(CoherenceLevel.Bounded, true)]
    [InlineData(CoherenceLevel.Eventual, true)]
    [InlineData(CoherenceLevel.Eventual, false)]
    public void World_OfManySeeds_EndsEveryCallOnOneThread(CoherenceLevel level, bool announcesInOrder)
    {
        var traces = new HashSet<int>();
        for (var seed = 0; seed < 60; seed++)
        {
            traces.Add(new World(seed, level, announcesInOrder).Run().Count);
        }

        Assert.True(traces.Count > 20);
    }

    private static LinkedAuthority Eventual(MemoryAuthority store) => new(store.Connect(), new LinkedAuthorityOptions { Level = CoherenceLevel.Eventual });

    private static async Task Until(Func<bool> condition)
    {
        var deadline = Environment.TickCount64 + 30_000;
        while (!condition())
        {
            Assert.True(Environment.TickCount64 < deadline, "What the test waits for has not happened.");
            await Task.Yield();
        }
    }

    private static void Configure(CacheOptions options, FakeClock clock, LinkedAuthority tier)
    {
        options.TimeProvider = clock;
        options.DrainTimeout = TimeSpan.Zero;
        options.Authority = tier;
    }

    /// <summary>Two nodes that load, set and remove, with a connection that is partitioned, healed and cut.</summary>
    private sealed class World
    {
        private readonly SimulationScheduler _simulation;
        private readonly List<string> _trace = [];
        private readonly List<Task> _calls = [];
        private readonly List<(SimulationNode Node, ICache Cache)> _caches = [];
        private readonly SimulatedNetwork _network;

        internal World(int seed, CoherenceLevel level, bool announcesInOrder = true)
        {
            var thread = Environment.CurrentManagedThreadId;
            _simulation = new SimulationScheduler(seed)
            {
                Watch = step =>
                {
                    Assert.Equal(thread, Environment.CurrentManagedThreadId);
                    _trace.Add(step.ToString());
                },
            };
            var store = new MemoryAuthority(_simulation.AddNode("authority"));
            _network = new SimulatedNetwork(_simulation) { Loss = 0.1, Duplication = 0.1 };
            foreach (var name in new[] { "a", "b" })
            {
                var node = _simulation.AddNode(name, 1 + (_simulation.Random.NextDouble() / 200));
                var link = store.Connect(_network, node, announcesInOrder);
                _caches.Add((node, node.CreateCache(options => options.Authority = new LinkedAuthority(link, new LinkedAuthorityOptions { Level = level }), "shop")));
            }
        }

        internal List<string> Run()
        {
            for (var i = 0; i < 12; i++)
            {
                var (node, cache) = _caches[_simulation.Random.Next(_caches.Count)];
                var number = i;
                node.Post($"call {i}", () => _calls.Add((number % 3) switch
                {
                    0 => cache.GetOrCreateAsync("k", _ => new ValueTask<int>(number)).AsTask(),
                    1 => cache.SetAsync("k", number).AsTask(),
                    _ => cache.RemoveAsync("k").AsTask(),
                }));
                if (i == 6)
                {
                    _network.Links[0].Partition();
                }

                for (var steps = _simulation.Random.Next(12); steps > 0; steps--)
                {
                    _simulation.Step();
                }
            }

            _network.Links[0].Heal();
            _network.Links[1].Cut();
            Assert.True(_simulation.RunUntil(() => _calls.Count == 12 && _calls.TrueForAll(call => call.IsCompleted)), string.Join("\n", _trace));
            _trace.Add($"{_simulation.Now}");
            return _trace;
        }
    }
}
