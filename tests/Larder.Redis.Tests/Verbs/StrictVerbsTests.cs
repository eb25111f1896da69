using Larder.Redis.Tests.Kit;

namespace Larder.Redis.Tests.Verbs;

/// <summary>Verbs beyond reading, setting and removing, on two nodes over one server: what one node does holds on the other at once.</summary>
public sealed class StrictVerbsTests : IAsyncLifetime
{
    private static readonly EntryOptions Exact = new() { FreshFor = TimeSpan.FromMinutes(10), StaleFor = TimeSpan.FromMinutes(10), FallbackFor = TimeSpan.Zero, Jitter = 0 };
    private static readonly EntryOptions Longer = new() { FreshFor = TimeSpan.FromHours(1), StaleFor = TimeSpan.FromMinutes(10), FallbackFor = TimeSpan.Zero, Jitter = 0 };
    private readonly string _prefix = SharedServer.NewPrefix();
    private RedisNode _a = null!;
    private RedisNode _b = null!;

    public async ValueTask InitializeAsync()
    {
        _a = await StartAsync();
        _b = await StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _a.DisposeAsync();
        await _b.DisposeAsync();
    }

    [Theory]
    [InlineData("early")]
    [InlineData("late")]
    public async Task AddTags_ToTheOthersEntry_EachOfItsTagsRemovesItFromBoth(string removed)
    {
        await _a.Cache.SetAsync("k", "v", tags: ["early"]);
        await _a.Cache.SetAsync("other", "v", tags: ["unused"]);
        Assert.True(await _b.Cache.AddTagsAsync("k", ["late"]));
        await InMemoryAsync(_a, "k", "v");
        await InMemoryAsync(_b, "k", "v");

        Assert.Equal(RemovalOutcome.Done, await _a.Cache.RemoveByTagAsync(removed));

        await AbsentAsync<string>("k");
        Assert.Equal("v", (await _b.Cache.GetAsync<string>("other")).Value);
    }

    [Fact]
    public async Task AddTags_ToWhatTheOtherHasRemoved_FindsNothing()
    {
        await _a.Cache.SetAsync("k", "v");
        await InMemoryAsync(_b, "k", "v");
        await _a.Cache.RemoveAsync("k");

        Assert.False(await _b.Cache.AddTagsAsync("k", ["late"]));
        await AbsentAsync<string>("k");
    }

    [Fact]
    public async Task GetTimeToLive_OfTheOthersEntry_IsItsWholeTimeAndFollowsItsChanges()
    {
        await _a.Cache.SetAsync("k", "v", Exact);
        Assert.InRange((await _b.Cache.GetTimeToLiveAsync("k"))!.Value, TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(20));

        await _a.Cache.SetAsync("k", "v", Longer);
        Assert.InRange((await _b.Cache.GetTimeToLiveAsync("k"))!.Value, TimeSpan.FromMinutes(65), TimeSpan.FromMinutes(70));

        await _a.Cache.RemoveAsync("k");
        Assert.Null(await _b.Cache.GetTimeToLiveAsync("k"));
    }

    [Fact]
    public async Task TypedCache_OnBothNodes_SharesItsEntriesAndItsRemovals()
    {
        var (a, b) = (_a.Cache.For<Product>("p:"), _b.Cache.For<Product>("p:"));
        var jam = new Product(1, "jam");
        Assert.Equal(jam, await a.GetOrCreateAsync("1", _ => ValueTask.FromResult(jam)));
        Assert.Equal(jam, await b.GetOrCreateAsync("1", static _ => throw new InvalidOperationException("The other node has loaded it.")));
        await RedisNode.UntilAsync(() => b.TryGet("1", out _), () => "the entry to be in memory");

        await a.SetAsync("1", new Product(1, "honey"));
        Assert.False(b.TryGet("1", out var stale) && stale == jam);
        Assert.Equal("honey", (await b.GetAsync("1")).Value!.Name);
        Assert.Equal("honey", (await _b.Cache.GetAsync<Product>("p:1")).Value!.Name);

        await b.RemoveAsync("1");
        Assert.False(a.TryGet("1", out _));
        Assert.False((await a.GetAsync("1")).HasValue);
    }

    [Fact]
    public async Task Clear_OfATypedCache_EmptiesItOnBothNodesAndLeavesTheRest()
    {
        var (a, b) = (_a.Cache.For<Product>("p:"), _b.Cache.For<Product>("p:"));
        await a.SetAsync("1", new Product(1, "jam"));
        await b.SetAsync("2", new Product(2, "honey"));
        await _a.Cache.For<Product>("q:").SetAsync("1", new Product(3, "tea"));
        await _a.Cache.SetAsync("plain", "v");
        await RedisNode.UntilAsync(async () => (await b.GetAsync("1")).Tier == CacheTier.Memory, () => "the entry to be in memory");

        Assert.Equal(RemovalOutcome.Done, await a.ClearAsync());

        foreach (var key in new[] { "1", "2" })
        {
            Assert.False(b.TryGet(key, out _));
            Assert.False((await b.GetAsync(key)).HasValue);
            Assert.False((await a.GetAsync(key)).HasValue);
        }

        Assert.Equal("tea", (await _b.Cache.For<Product>("q:").GetAsync("1")).Value!.Name);
        Assert.Equal("v", (await _b.Cache.GetAsync<string>("plain")).Value);

        // What is stored afterwards is not struck by the clear that was.
        await b.SetAsync("1", new Product(1, "new"));
        Assert.Equal("new", (await a.GetAsync("1")).Value!.Name);
    }

    [Fact]
    public async Task NotFound_LoadedByOneNode_IsRememberedByBothUntilItIsThere()
    {
        var options = new EntryOptions { NotFoundFor = TimeSpan.FromMinutes(10) };
        var loads = 0;
        async Task<CacheResult<string>> ResolveAsync(RedisNode node) => await node.Cache.ResolveAsync(
            "k",
            0,
            (_, context, _) =>
            {
                loads++;
                return ValueTask.FromResult(context.NotFound<string>());
            },
            options);
        Assert.True((await ResolveAsync(_a)).IsNotFound);
        Assert.True((await ResolveAsync(_b)).IsNotFound);
        Assert.True((await _b.Cache.GetAsync<string>("k")).IsNotFound);
        Assert.False(await _b.Cache.ExistsAsync("k"));
        Assert.Equal(1, loads);

        await _b.Cache.SetAsync("k", "v");
        Assert.Equal("v", (await ResolveAsync(_a)).Value);
        Assert.Equal(1, loads);

        await _a.Cache.RemoveAsync("k");
        Assert.True((await ResolveAsync(_b)).IsNotFound);
        Assert.Equal(2, loads);
        await _a.Cache.RemoveAsync("k");
        Assert.Equal(CacheStatus.Absent, (await _b.Cache.GetAsync<string>("k")).Status);
    }

    [Theory]
    [InlineData("set")]
    [InlineData("remove")]
    [InlineData("tag")]
    [InlineData("clear")]
    public async Task SetManyIfUnchanged_OtherNodeChangedSomeSinceTheSnapshots_StoresTheRest(string change)
    {
        string[] keys = ["x", "y", "z"];
        foreach (var key in keys)
        {
            await _b.Cache.SetAsync(key, "old", tags: [$"tag-{key}"]);
        }

        var fences = await _a.Cache.SnapshotManyAsync(keys);
        await (change switch
        {
            "set" => _b.Cache.SetAsync("y", "set", tags: ["tag-y"]).AsTask(),
            "remove" => _b.Cache.RemoveAsync("y").AsTask(),
            "tag" => _b.Cache.RemoveByTagAsync("tag-y").AsTask(),
            _ => _b.Cache.ClearAsync().AsTask(),
        });
        var outcomes = await _a.Cache.SetManyIfUnchangedAsync(keys.ToDictionary(static key => key, static _ => "mine"), fences, tags: change == "tag" ? ["tag-x"] : null);

        // A snapshot does not know with which tags the value will be stored, so with tags the removal of any tag counts.
        var rest = change is "clear" or "tag" ? StoreOutcome.FencedOff : StoreOutcome.Stored;
        var restValue = change switch
        {
            "clear" => null,
            "tag" => "old",
            _ => "mine",
        };
        Assert.Equal((rest, StoreOutcome.FencedOff, rest), (outcomes["x"], outcomes["y"], outcomes["z"]));
        var seen = await _b.Cache.GetManyAsync<string>(keys);
        var here = await _a.Cache.GetManyAsync<string>(keys);
        foreach (var many in new[] { seen, here })
        {
            Assert.Equal(restValue, many["x"].Value);
            Assert.Equal(change == "set" ? "set" : null, many["y"].Value);
            Assert.Equal(restValue, many["z"].Value);
        }
    }

    [Fact]
    public async Task Lifetime_Of150Milliseconds_EndsOnBothNodesAndInRedis()
    {
        var options = new EntryOptions { FreshFor = TimeSpan.FromMilliseconds(150), StaleFor = TimeSpan.Zero, FallbackFor = TimeSpan.Zero, Jitter = 0 };

        // A busy machine may need longer than that from one line to the next.
        await RedisNode.UntilAsync(
            async () =>
            {
                await _a.Cache.SetAsync("k", "v", options);
                return (await _b.Cache.GetAsync<string>("k")).HasValue;
            },
            () => "the other node to see the value while it lives");
        await _a.Cache.SetAsync("k", "v", options);
        var left = (long)(await SharedServer.Real.CallAsync("PTTL", $"{_prefix}:default:k:k"))!;
        Assert.True(left is -2 or (>= 0 and <= 150), $"Redis keeps it for {left} ms.");

        await RedisNode.UntilAsync(async () => !(await _b.Cache.GetAsync<string>("k")).HasValue, () => "the value to end on the other node");
        await RedisNode.UntilAsync(async () => !(await _a.Cache.GetAsync<string>("k")).HasValue, () => "the value to end on its own node");
        await RedisNode.UntilAsync(async () => Equals(await SharedServer.Real.CallAsync("EXISTS", $"{_prefix}:default:k:k"), 0L), () => "the value to end in Redis");
        Assert.False(_a.Cache.TryGet<string>("k", out _));
        Assert.False(_b.Cache.TryGet<string>("k", out _));
    }

    /// <summary>The lease is short: changes wait for one where the registry is younger.</summary>
    private async Task<RedisNode> StartAsync()
    {
        var node = RedisNode.Start(options =>
            (options.ConnectionString, options.Prefix, options.Level, options.CoherenceLease) = (SharedServer.Address, _prefix, CoherenceLevel.Strict, TimeSpan.FromSeconds(1)));
        await node.ConnectedAsync();
        return node;
    }

    private static Task InMemoryAsync(RedisNode node, string key, string value) =>
        RedisNode.UntilAsync(async () => await node.Cache.GetAsync<string>(key) is { Tier: CacheTier.Memory } result && result.Value == value, () => $"\"{key}\" to be in memory");

    private async Task AbsentAsync<T>(string key)
    {
        foreach (var node in new[] { _a, _b })
        {
            Assert.False(node.Cache.TryGet<T>(key, out _));
            Assert.Equal(CacheStatus.Absent, (await node.Cache.GetAsync<T>(key)).Status);
        }
    }

    /// <summary>A value with a structure.</summary>
    public sealed record Product(int Number, string Name);
}
