using System.Collections.Concurrent;
using Larder.Tests.Support;
using static Larder.Tests.Support.TestCache;

namespace Larder.Tests.Wiring;

/// <summary>The policy that chooses options by key and value.</summary>
public sealed class TimelinePolicyTests : IAsyncDisposable
{
    private readonly FakeClock _clock = new();
    private readonly LogCollector _log = new();
    private readonly Policy _policy = new();
    private readonly ICache _cache;

    public TimelinePolicyTests() => _cache = TestCache.Create(_clock, options =>
    {
        options.TimelinePolicy = _policy;
        options.LoggerFactory = _log;
        options.Defaults.FreshFor = Seconds(10);
    });

    public async ValueTask DisposeAsync()
    {
        await _cache.DisposeAsync();
        _log.Dispose();
    }

    [Fact]
    public async Task Policy_ChoosesByKeyAndValue_ForLoadsAndSets()
    {
        _policy.Choose = (key, value) => key.StartsWith("short", StringComparison.Ordinal) ? new EntryOptions { FreshFor = Seconds(1) }
            : value is "important" ? new EntryOptions { FreshFor = Seconds(100) }
            : null;
        await _cache.GetOrCreateAsync("short:1", Returns("v"));
        await _cache.SetAsync("short:2", "v");
        await _cache.GetOrCreateAsync("k", Returns("important"));
        await _cache.SetAsync("other", "v");

        Assert.Equal(Seconds(1), await _cache.GetTimeToLiveAsync("short:1"));
        Assert.Equal(Seconds(1), await _cache.GetTimeToLiveAsync("short:2"));
        Assert.Equal(Seconds(100), await _cache.GetTimeToLiveAsync("k"));
        Assert.Equal(Seconds(10), await _cache.GetTimeToLiveAsync("other"));
    }

    [Fact]
    public async Task Policy_IsAskedOnceForEachLoadRefreshAndSet_AndNotForHits()
    {
        var options = new EntryOptions { FreshFor = Seconds(1), StaleFor = Minutes(1) };
        await _cache.GetOrCreateAsync("k", Returns("loaded"), options);
        await _cache.GetOrCreateAsync("k", Never<string>(), options);
        _clock.Advance(Seconds(2));
        await _cache.GetOrCreateAsync("k", Returns("refreshed"), options);
        await Bounded.Until(() => _cache.TryGet<string>("k", out var now) && now == "refreshed");
        await _cache.SetAsync("k", "set");

        Assert.Equal(["loaded", "refreshed", "set"], _policy.Asked);
    }

    [Fact]
    public async Task Policy_Throws_IsLoggedAndTheValueStoredAsUsual()
    {
        _policy.Choose = (_, _) => throw new InvalidCastException("policy");
        Assert.Equal("v", await _cache.GetOrCreateAsync("k", Returns("v")));
        await _cache.SetAsync("s", "v");

        Assert.Equal(Seconds(10), await _cache.GetTimeToLiveAsync("k"));
        Assert.Equal(Seconds(10), await _cache.GetTimeToLiveAsync("s"));
        Assert.Equal([8, 8], _log.Records.Select(record => record.Id.Id));
        Assert.All(_log.Records, record => Assert.Contains("ITimelinePolicy", record.Message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Policy_AnswersBadOptions_IsLoggedAndTheValueStoredAsUsual()
    {
        _policy.Choose = (_, _) => new EntryOptions { FreshFor = Seconds(-1), Jitter = double.NaN };
        Assert.Equal("v", await _cache.GetOrCreateAsync("k", Returns("v")));

        Assert.Equal(Seconds(10), await _cache.GetTimeToLiveAsync("k"));
        var record = Assert.Single(_log.Records);
        Assert.Contains("FreshFor is -1s", record.Exception!.Message, StringComparison.Ordinal);
        Assert.Contains("Jitter is NaN", record.Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Policy_AnswersTheSameInstanceForManyEntries_CountsForEach()
    {
        var shared = new EntryOptions { FreshFor = Seconds(3) };
        _policy.Choose = (_, _) => shared;
        for (var i = 0; i < 10; i++)
        {
            await _cache.SetAsync($"k{i}", i, i % 2 == 0 ? new EntryOptions { StaleFor = Seconds(i) } : null);
            Assert.Equal(Seconds(3 + (i % 2 == 0 ? i : 0)), await _cache.GetTimeToLiveAsync($"k{i}"));
        }
    }

    [Fact]
    public async Task Policy_SetsNotFoundFor_NotFoundIsRememberedThatLong()
    {
        _policy.Choose = (_, _) => new EntryOptions { NotFoundFor = Seconds(2) };
        await _cache.GetOrCreateAsync("k", 0, static (_, entry, _) => new ValueTask<string>(entry.NotFound<string>()));

        Assert.Equal(Seconds(2), (await _cache.GetAsync<string>("k")).RemainingFreshness);
    }

    private sealed class Policy : ITimelinePolicy
    {
        internal ConcurrentQueue<object?> Asked { get; } = new();

        internal Func<string, object?, EntryOptions?> Choose { get; set; } = (_, _) => null;

        public EntryOptions? OptionsFor<T>(string key, T value)
        {
            Asked.Enqueue(value);
            return Choose(key, value);
        }
    }
}
