using Larder.Tests.Support;
using static Larder.Tests.Support.TestCache;

namespace Larder.Tests.Entrance;

/// <summary>The view of a cache for one type.</summary>
public sealed class TypedCacheTests : IAsyncDisposable
{
    private readonly FakeClock _clock = new();
    private readonly ICache _cache;

    public TypedCacheTests() => _cache = TestCache.Create(_clock);

    public ValueTask DisposeAsync() => _cache.DisposeAsync();

    [Fact]
    public async Task Keys_GetThePrefix_InEveryVerb()
    {
        var typed = _cache.For<string>("p:");
        Assert.Equal(("p:", _cache), (typed.KeyPrefix, typed.Cache));
        Assert.Equal("a", await typed.GetOrCreateAsync("k", Returns("a")));

        Assert.True(_cache.TryGet<string>("p:k", out _));
        Assert.False(_cache.TryGet<string>("k", out _));
        Assert.True(typed.TryGet("k", out var value));
        Assert.Equal("a", value);
        Assert.Equal("a", (await typed.GetAsync("k")).Value);
        Assert.Equal("a", (await typed.ResolveAsync("k", Never<string>())).Value);
        Assert.True(await typed.ExistsAsync("k"));
        Assert.Equal(Minutes(5), await typed.GetTimeToLiveAsync("k"));
        await typed.RemoveAsync("k");
        Assert.False(_cache.TryGet<string>("p:k", out _));

        await typed.SetAsync("a", "1");
        await typed.SetAsync("b", "2");
        await typed.RemoveAsync(["a", "b"]);
        Assert.Equal(0, _cache.Statistics.Entries);
        await typed.SetAsync("c", "3", new EntryOptions { StaleFor = Minutes(1) });
        await typed.ExpireAsync("c");
        Assert.Equal(CacheStatus.Stale, (await _cache.GetAsync<string>("p:c")).Status);
    }

    [Fact]
    public async Task Prefix_NotGiven_IsTheFullNameOfTheType()
    {
        var typed = _cache.For<Version>();
        await typed.SetAsync("k", new Version(1, 2));

        Assert.Equal("System.Version:", typed.KeyPrefix);
        Assert.True(_cache.TryGet<Version>("System.Version:k", out _));
    }

    [Fact]
    public async Task Prefix_Empty_SharesTheKeysOfTheCache()
    {
        var typed = _cache.For<string>("");
        await typed.SetAsync("k", "v");
        Assert.True(_cache.TryGet<string>("k", out _));
        await _cache.SetAsync("other", "stays");

        await typed.ClearAsync();

        Assert.False(_cache.TryGet<string>("k", out _));
        Assert.True(_cache.TryGet<string>("other", out _));
    }

    [Fact]
    public async Task EveryFactoryShapeAndKeyShape_ReachesTheSameEntry()
    {
        var typed = _cache.For<string>("p:");
        var id = 7;
        Assert.Equal("v", await typed.GetOrCreateAsync($"k{id}", 0, static (_, _, _) => new ValueTask<string>("v")));

        Assert.Equal("v", await typed.GetOrCreateAsync("k7", Never<string>()));
        Assert.Equal("v", await typed.GetOrCreateAsync("k7".AsSpan(), Never<string>()));
        Assert.Equal("v", await typed.GetOrCreateAsync($"k{id}", Never<string>()));
        Assert.Equal("v", await typed.GetOrCreateAsync("k7", 0, static (_, _) => Fails()));
        Assert.Equal("v", await typed.GetOrCreateAsync("k7".AsSpan(), 0, static (_, _) => Fails()));
        Assert.Equal("v", await typed.GetOrCreateAsync($"k{id}", 0, static (_, _) => Fails()));
        Assert.Equal("v", await typed.GetOrCreateAsync("k7", 0, static (_, _, _) => Fails()));
        Assert.Equal("v", await typed.GetOrCreateAsync("k7".AsSpan(), 0, static (_, _, _) => Fails()));
        Assert.Equal("v", (await typed.ResolveAsync("k7".AsSpan(), Never<string>())).Value);
        Assert.Equal("v", (await typed.ResolveAsync($"k{id}", Never<string>())).Value);
        Assert.Equal("v", (await typed.ResolveAsync("k7", 0, static (_, _) => Fails())).Value);
        Assert.Equal("v", (await typed.ResolveAsync("k7".AsSpan(), 0, static (_, _) => Fails())).Value);
        Assert.Equal("v", (await typed.ResolveAsync($"k{id}", 0, static (_, _) => Fails())).Value);
        Assert.Equal("v", (await typed.ResolveAsync("k7", 0, static (_, _, _) => Fails())).Value);
        Assert.Equal("v", (await typed.ResolveAsync("k7".AsSpan(), 0, static (_, _, _) => Fails())).Value);
        Assert.Equal("v", (await typed.ResolveAsync($"k{id}", 0, static (_, _, _) => Fails())).Value);
        Assert.Equal("v", (await typed.GetAsync("k7".AsSpan())).Value);
        Assert.Equal("v", (await typed.GetAsync($"k{id}")).Value);
        Assert.True(typed.TryGet("k7".AsSpan(), out _));
        Assert.True(typed.TryGet($"k{id}", out _));
        Assert.Equal(1, _cache.Statistics.Entries);
        await typed.RemoveAsync($"k{id}");
        Assert.False(typed.TryGet("k7", out _));
        await typed.SetAsync("k7", "v");
        await typed.RemoveAsync("xk7x".AsSpan(1, 2));
        Assert.False(typed.TryGet("k7", out _));
    }

    [Theory]
    [InlineData(253)]
    [InlineData(254)]
    [InlineData(255)]
    [InlineData(1_000)]
    public async Task KeysAroundAndBeyondTheStackBuffer_WorkLikeAnyOther(int length)
    {
        var typed = _cache.For<string>("p:");
        var key = new string('k', length);
        Assert.Equal("v", await typed.GetOrCreateAsync(key, Returns("v")));

        Assert.Equal("v", await typed.GetOrCreateAsync(key, Never<string>()));
        Assert.Equal("v", await typed.GetOrCreateAsync(key.AsSpan(), Never<string>()));
        Assert.Equal("v", await typed.GetOrCreateAsync($"{key}", Never<string>()));
        Assert.Equal(CacheStatus.Hit, (await typed.ResolveAsync($"{key}", Never<string>())).Status);
        Assert.Equal(CacheStatus.Hit, (await typed.ResolveAsync(key.AsSpan(), Never<string>())).Status);
        Assert.Equal(CacheStatus.Hit, (await typed.GetAsync(key.AsSpan())).Status);
        Assert.Equal(CacheStatus.Hit, (await typed.GetAsync($"{key}")).Status);
        Assert.True(typed.TryGet(key.AsSpan(), out _));
        Assert.True(typed.TryGet($"{key}", out _));
        Assert.True(_cache.TryGet<string>("p:" + key, out _));
        Assert.Equal(10, _cache.Statistics.Hits);
    }

    [Fact]
    public async Task Defaults_CountForTheViewAlone()
    {
        var typed = _cache.For<string>("p:", new EntryOptions { FreshFor = Seconds(7) });
        await typed.SetAsync("k", "v");
        await _cache.SetAsync("k", "v");

        Assert.Equal(Seconds(7), await typed.GetTimeToLiveAsync("k"));
        Assert.Equal(Minutes(5), await _cache.GetTimeToLiveAsync("k"));
    }

    [Fact]
    public async Task Clear_RemovesWhatTheViewStored_AndNothingElse()
    {
        var typed = _cache.For<string>("p:");
        var other = _cache.For<string>("q:");
        await typed.SetAsync("set", "v", tags: ["mine"]);
        await typed.GetOrCreateAsync("loaded", Returns("v"));
        await typed.GetOrCreateAsync("late", 0, static (_, entry, _) =>
        {
            entry.AddTag("added");
            return new ValueTask<string>("v");
        });
        await other.SetAsync("set", "v", tags: ["mine"]);
        await _cache.SetAsync("plain", "v");

        Assert.Equal(RemovalOutcome.Done, await typed.ClearAsync());

        Assert.False(typed.TryGet("set", out _));
        Assert.False(typed.TryGet("loaded", out _));
        Assert.False(typed.TryGet("late", out _));
        Assert.True(other.TryGet("set", out _));
        Assert.True(_cache.TryGet<string>("plain", out _));
    }

    [Fact]
    public async Task Clear_CoversALoadThatIsRunning()
    {
        var typed = _cache.For<string>("p:");
        var source = new GatedSource<string>();
        var loading = typed.GetOrCreateAsync("k", source.Factory);
        var call = await source.NextCallAsync();

        await typed.ClearAsync();
        call.Answer("old");

        Assert.Equal("old", await loading.Soon());
        Assert.False(typed.TryGet("k", out _));
    }

    [Fact]
    public async Task Clear_AnotherViewOfTheSameTypeAndPrefix_ClearsTheSame()
    {
        await _cache.For<string>("p:").SetAsync("k", "v");

        await _cache.For<string>("p:").ClearAsync();

        Assert.False(_cache.TryGet<string>("p:k", out _));
    }

    [Fact]
    public async Task Clear_AViewOfAnotherTypeWithTheSamePrefix_Stays()
    {
        var texts = _cache.For<string>("shop:");
        var numbers = _cache.For<int>("shop:");
        await texts.SetAsync("name", "v");
        await numbers.SetAsync("count", 1);

        await texts.ClearAsync();

        Assert.False(texts.TryGet("name", out _));
        Assert.True(numbers.TryGet("count", out _));
    }

    [Fact]
    public async Task Clear_WithAShortLengthLimit_StillWorks()
    {
        await using var cache = TestCache.Create(_clock, options => options.MaximumKeyLength = 10);
        var typed = cache.For<string>("p:");
        await typed.SetAsync("k", "v");

        await typed.ClearAsync();

        Assert.False(typed.TryGet("k", out _));
    }

    [Fact]
    public async Task RemoveByTag_CoversTheWholeCache()
    {
        var typed = _cache.For<string>("p:");
        await typed.SetAsync("k", "v", tags: ["t"]);
        await _cache.SetAsync("k", "v", tags: ["t"]);
        await typed.RemoveByTagAsync("t");
        Assert.Equal((false, false), (typed.TryGet("k", out _), _cache.TryGet<string>("k", out _)));

        await typed.SetAsync("k", "v", tags: ["u"]);
        await typed.RemoveByTagAsync(["t", "u"]);
        Assert.False(typed.TryGet("k", out _));
    }

    [Fact]
    public async Task AnotherType_UnderTheSameKey_ThrowsAndNamesBoth()
    {
        await _cache.SetAsync("p:k", 5);
        var typed = _cache.For<string>("p:");

        var thrown = Assert.Throws<ValueTypeMismatchException>(() => typed.TryGet("k", out _));
        Assert.Equal((typeof(int), typeof(string)), (thrown.StoredType, thrown.RequestedType));
    }

    private static ValueTask<string> Fails() => throw new InvalidOperationException("The source must not be asked here.");
}
