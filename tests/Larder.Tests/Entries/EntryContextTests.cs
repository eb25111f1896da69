using Larder.Tests.Support;
using static Larder.Tests.Support.TestCache;

namespace Larder.Tests.Entries;

/// <summary>What a factory learns and says through its context.</summary>
public sealed class EntryContextTests : IAsyncDisposable
{
    private static readonly EntryOptions Options = new() { FreshFor = Seconds(1), FallbackFor = Minutes(10) };

    private static readonly DateTimeOffset Changed = new(2024, 5, 6, 7, 8, 9, TimeSpan.Zero);

    private readonly FakeClock _clock = new();
    private readonly ICache _cache;

    public EntryContextTests() => _cache = TestCache.Create(_clock);

    public ValueTask DisposeAsync() => _cache.DisposeAsync();

    [Fact]
    public async Task Context_OfAFirstLoad_HasTheKeyAndNothingOlder()
    {
        await LoadAsync(entry =>
        {
            Assert.Equal("k", entry.Key);
            Assert.False(entry.IsRefresh);
            Assert.False(entry.HasStale);
            Assert.Null(entry.ETag);
            Assert.Null(entry.LastModified);
            Assert.False(entry.TryGetStale<string>(out var older));
            Assert.Null(older);
            return "v";
        });
    }

    [Fact]
    public async Task Context_OfATypedCache_HasTheWholeKey()
    {
        var seen = await _cache.For<string>("p:").GetOrCreateAsync("k", 0, static (_, entry, _) => new ValueTask<string>(entry.Key));

        Assert.Equal("p:k", seen);
    }

    [Fact]
    public async Task NotModified_WithValidators_KeepsValueAndValidatorsOnANewTimeline()
    {
        await LoadAsync(entry =>
        {
            entry.ETag = "\"1\"";
            entry.LastModified = Changed;
            return "v1";
        });
        for (var round = 0; round < 3; round++)
        {
            _clock.Advance(Seconds(2));
            var result = await LoadAsync(entry =>
            {
                Assert.True(entry.HasStale);
                Assert.Equal("\"1\"", entry.ETag);
                Assert.Equal(Changed, entry.LastModified);
                return entry.NotModified<string>();
            });

            Assert.Equal((CacheStatus.Miss, "v1", Seconds(1)), (result.Status, result.Value, result.RemainingFreshness));
            Assert.Equal("v1", await _cache.GetOrCreateAsync("k", Never<string>()));
        }
    }

    [Fact]
    public async Task NotModified_WithANewETag_KeepsTheNewOneAndTheRestOfTheOld()
    {
        await LoadAsync(entry =>
        {
            entry.ETag = "\"1\"";
            entry.LastModified = Changed;
            return "v1";
        });
        _clock.Advance(Seconds(2));
        await LoadAsync(entry =>
        {
            entry.ETag = "\"2\"";
            return entry.NotModified<string>();
        });
        _clock.Advance(Seconds(2));
        await LoadAsync(entry =>
        {
            Assert.Equal("\"2\"", entry.ETag);
            Assert.Equal(Changed, entry.LastModified);
            return "v";
        });
    }

    [Fact]
    public async Task NewValue_WithoutValidators_DoesNotInheritThoseOfTheOldOne()
    {
        await LoadAsync(entry =>
        {
            entry.ETag = "\"1\"";
            entry.LastModified = Changed;
            return "v1";
        });
        _clock.Advance(Seconds(2));
        await LoadAsync(_ => "v2");
        _clock.Advance(Seconds(2));

        await LoadAsync(entry =>
        {
            Assert.True(entry.HasStale);
            Assert.Null(entry.ETag);
            Assert.Null(entry.LastModified);
            return "v3";
        });
    }

    [Fact]
    public async Task ETag_SetToNullWithNotModified_IsGone()
    {
        await LoadAsync(entry =>
        {
            entry.ETag = "\"1\"";
            return "v1";
        });
        _clock.Advance(Seconds(2));
        await LoadAsync(entry =>
        {
            entry.ETag = null;
            Assert.Null(entry.ETag);
            return entry.NotModified<string>();
        });
        _clock.Advance(Seconds(2));

        await LoadAsync(entry =>
        {
            Assert.Null(entry.ETag);
            return "v";
        });
    }

    [Fact]
    public async Task NotModified_NothingOlder_ThrowsAndNamesTheRemedy()
    {
        var thrown = await Assert.ThrowsAsync<InvalidOperationException>(() => LoadAsync(entry => entry.NotModified<string>()));

        Assert.Contains("HasStale", thrown.Message, StringComparison.Ordinal);
        Assert.Contains("System.String", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NotModified_OlderValueOfAnotherType_Throws()
    {
        await _cache.SetAsync("k", 42, Options);
        _clock.Advance(Seconds(2));

        await Assert.ThrowsAsync<InvalidOperationException>(
            () => _cache.GetOrCreateAsync("k", 0, static (_, entry, _) => new ValueTask<string>(entry.NotModified<string>())).AsTask());
    }

    [Fact]
    public async Task TryGetStale_OfAnotherType_AnswersFalseAndTheLoadGoesOn()
    {
        await _cache.SetAsync("k", 42, Options);
        _clock.Advance(Seconds(2));

        var result = await LoadAsync(entry =>
        {
            Assert.True(entry.HasStale);
            Assert.False(entry.TryGetStale<string>(out _));
            Assert.True(entry.TryGetStale<int>(out var older));
            Assert.Equal(42, older);
            return "v";
        });

        Assert.Equal("v", result.Value);
        Assert.Equal("v", await _cache.GetOrCreateAsync("k", Never<string>()));
    }

    [Fact]
    public async Task TryGetStale_InARefresh_SeesTheValueThatIsBeingServed()
    {
        var options = new EntryOptions { FreshFor = Seconds(1), StaleFor = Minutes(1) };
        await _cache.SetAsync("k", "v1", options);
        _clock.Advance(Seconds(2));

        await _cache.GetOrCreateAsync(
            "k",
            0,
            static (_, entry, _) => new ValueTask<string>(
                entry.IsRefresh && entry.TryGetStale<string>(out var older) ? older + ", refreshed" : "not a refresh"),
            options);

        await Bounded.Until(() => _cache.TryGet<string>("k", out var now) && now == "v1, refreshed");
    }

    [Fact]
    public async Task TryGetStale_AfterARemoval_SeesNothing()
    {
        await _cache.SetAsync("k", "removed", Options);
        _clock.Advance(Seconds(2));
        await _cache.RemoveAsync("k");

        await LoadAsync(entry =>
        {
            Assert.False(entry.HasStale);
            Assert.False(entry.TryGetStale<string>(out _));
            return "v";
        });
    }

    [Fact]
    public async Task DoNotStore_ServesTheValueAndRemovesTheOlderOne()
    {
        await _cache.SetAsync("k", "old", Options);
        _clock.Advance(Seconds(2));

        var result = await LoadAsync(entry =>
        {
            entry.DoNotStore();
            return "only for now";
        });

        Assert.Equal((CacheStatus.Miss, "only for now", TimeSpan.Zero), (result.Status, result.Value, result.RemainingFreshness));
        Assert.Equal(CacheStatus.Absent, (await _cache.GetAsync<string>("k", new EntryOptions { ServeExpired = true })).Status);
        Assert.Equal(1, _cache.Statistics.Stores);
    }

    [Fact]
    public async Task DoNotStore_Joined_EveryCallerGetsTheValue()
    {
        var source = new GatedSource<string>();
        var leader = _cache.GetOrCreateAsync("k", (object?)null, source.ContextFactory);
        var call = await source.NextCallAsync();
        var joiner = _cache.GetOrCreateAsync("k", (object?)null, source.ContextFactory);
        call.Context.DoNotStore();
        call.Answer("v");

        Assert.Equal("v", await leader.Soon());
        Assert.Equal("v", await joiner.Soon());
        Assert.False(_cache.TryGet<string>("k", out _));
        Assert.Equal(1, source.Count);
    }

    [Fact]
    public async Task SkipMemoryWrite_SetByTheFactory_ValueIsNotKept()
    {
        await LoadAsync(entry =>
        {
            entry.Options.Skip = CacheSkip.MemoryWrite;
            return "v";
        });

        Assert.False(_cache.TryGet<string>("k", out _));
        Assert.Equal(0, _cache.Statistics.Stores);
    }

    [Fact]
    public async Task AddTag_InTheFactory_EntryIsRemovedByIt()
    {
        await LoadAsync(entry =>
        {
            entry.AddTag("late");
            entry.AddTag("later");
            return "v";
        });
        Assert.True(_cache.TryGet<string>("k", out _));

        await _cache.RemoveByTagAsync("later");

        Assert.False(_cache.TryGet<string>("k", out _));
    }

    private async Task<CacheResult<string>> LoadAsync(Func<EntryContext, string> load) =>
        await _cache.ResolveAsync("k", load, static (load, entry, _) => new ValueTask<string>(load(entry)), Options);
}
