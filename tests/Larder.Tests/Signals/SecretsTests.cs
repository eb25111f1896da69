using System.Collections.Concurrent;
using System.Diagnostics;
using Larder.Tests.Support;
using static Larder.Tests.Support.TestCache;

namespace Larder.Tests.Signals;

/// <summary>Values never appear in what the cache says, and keys only when that is allowed.</summary>
public sealed class SecretsTests
{
    private const string Secret = "hunter2-the-value";
    private const string Key = "customer-4711-the-key";

    private static readonly EntryOptions Whole = new()
    {
        FreshFor = Seconds(1),
        StaleFor = Seconds(1),
        FallbackFor = Minutes(1),
        FailureThrottle = TimeSpan.Zero,
    };

    private readonly FakeClock _clock = new();
    private readonly ConcurrentQueue<string> _said = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task EverythingTheCacheSays_HoldsNoValue_AndKeysOnlyWhenAllowed(bool showKeys)
    {
        using var log = new LogCollector();
        var name = $"secrets-{Guid.NewGuid():N}";
        using var meter = new MeterCollector(name);
        using var listener = ListenTo(name);
        var cache = TestCache.Create(
            _clock,
            options =>
            {
                options.ShowKeys = showKeys;
                options.LoggerFactory = log;
                options.MaxConcurrentRefreshes = 1;
                options.MaximumValueBytes = 40;
                options.DrainTimeout = TimeSpan.Zero;
                options.Events = new ThrowingEvents();
                options.TimelinePolicy = new ThrowingPolicy();
                options.AddTransformer(new Failing());
            },
            name);

        await GoThroughEverythingAsync(cache);

        foreach (var record in log.Records)
        {
            _said.Enqueue(record.Message);
            _said.Enqueue(record.Exception?.ToString() ?? "");
        }

        foreach (var measured in meter.Collect())
        {
            _said.Enqueue(measured.Rest);
        }

        Assert.Equal(Enumerable.Range(1, 10), log.Records.Select(record => record.Id.Id).Distinct().Order());
        Assert.DoesNotContain(_said, text => text.Contains("hunter2", StringComparison.Ordinal));
        if (showKeys)
        {
            Assert.Contains(_said, text => text.Contains(Key, StringComparison.Ordinal));
        }
        else
        {
            Assert.DoesNotContain(_said, text => text.Contains("4711", StringComparison.Ordinal));
            Assert.Contains(log.Records, record => record.Message.Contains('#'));
        }
    }

    [Fact]
    public async Task RedactedKeys_SameKeySameForm_OtherKeyOtherForm()
    {
        await using var cache = LarderCache.Create();
        await cache.SetAsync("a", "text");
        await cache.SetAsync("b", "text");

        var first = Assert.Throws<ValueTypeMismatchException>(() => cache.TryGet<int>("a", out _)).Message;
        var again = Assert.Throws<ValueTypeMismatchException>(() => cache.TryGet<int>("a", out _)).Message;
        var other = Assert.Throws<ValueTypeMismatchException>(() => cache.TryGet<int>("b", out _)).Message;

        Assert.Matches("^#[0-9a-f]{16} ", first);
        Assert.Equal(first, again);
        Assert.NotEqual(first, other);
    }

    private async Task GoThroughEverythingAsync(ICache cache)
    {
        // 1 and 10, 2, 3: fallback, failed and shed refresh.
        await cache.SetAsync(Key, new[] { Secret }, Whole);
        _clock.Advance(Seconds(3));
        await cache.GetOrCreateAsync<string[]>(Key, _ => throw new IOException("down"), Whole);
        await cache.SetAsync(Key, new[] { Secret }, Whole);
        await cache.SetAsync(Key + 2, new[] { Secret }, Whole);
        _clock.Advance(Seconds(1));
        var source = new GatedSource<string[]>();
        await cache.GetOrCreateAsync(Key, source.Factory, Whole);
        var refresh = await source.NextCallAsync();
        await cache.GetOrCreateAsync(Key + 2, source.Factory, Whole);
        refresh.Fail(new IOException("down"));
        await Bounded.Until(() => cache.Statistics.SourceFailures == 2);

        // 4: fenced off.
        var load = cache.GetOrCreateAsync(Key + 3, source.Factory);
        var call = await source.NextCallAsync();
        await cache.RemoveAsync(Key + 3);
        call.Answer([Secret]);
        await load.Soon();

        // 5, 6, 7: too large, no stored form, unreadable.
        await cache.SetAsync(Key, Enumerable.Repeat(Secret, 100).ToArray(), new EntryOptions { Isolate = true });
        await cache.SetAsync(Key, Secret);
        await cache.SetAsync(Key, "readable" + Secret);
        cache.TryGet<string>(Key, out _);

        // Exceptions to the caller.
        await cache.SetAsync(Key, new[] { Secret });
        _said.Enqueue(Assert.Throws<ValueTypeMismatchException>(() => cache.TryGet<int>(Key, out _)).ToString());
        _said.Enqueue((await Assert.ThrowsAsync<RecursiveLoadException>(
            () => cache.GetOrCreateAsync(Key + 4, async token => await cache.GetOrCreateAsync(Key + 4, Returns("v"))).AsTask())).ToString());
        _said.Enqueue((await Assert.ThrowsAnyAsync<ArgumentException>(
            async () => await cache.SetAsync(Key + "\n", new[] { Secret }))).ToString());
        _said.Enqueue((await Assert.ThrowsAsync<InvalidOperationException>(
            () => cache.GetOrCreateAsync(Key, 0, static (_, entry, _) => new ValueTask<int>(entry.NotModified<int>()), new EntryOptions { Skip = CacheSkip.MemoryRead })
                .AsTask())).ToString());
        var hanging = cache.GetOrCreateAsync(Key + 5, source.Factory, new EntryOptions { SourceTimeout = Seconds(1) }).AsTask();
        await source.NextCallAsync();
        _clock.Advance(Seconds(1));
        _said.Enqueue((await Assert.ThrowsAsync<SourceTimeoutException>(() => hanging.Soon())).ToString());

        // What results and options say of themselves.
        _said.Enqueue((await cache.GetAsync<string[]>(Key)).ToString());
        _said.Enqueue(cache.Statistics.ToString());

        // 9: disposed during a load.
        var last = cache.GetOrCreateAsync(Key + 6, source.Factory).AsTask();
        await source.NextCallAsync();
        await cache.DisposeAsync().Soon();
        _said.Enqueue((await Assert.ThrowsAsync<ObjectDisposedException>(() => last.Soon())).ToString());
    }

    private ActivityListener ListenTo(string cache)
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Larder",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
            {
                if (activity.GetTagItem("larder.cache") as string == cache)
                {
                    _said.Enqueue(string.Join(' ', activity.TagObjects.Select(tag => $"{tag.Key}={tag.Value}")));
                    _said.Enqueue($"{activity.DisplayName} {activity.StatusDescription}");
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }

    private sealed class ThrowingEvents : ICacheEvents
    {
        public void Stored(string cache, string key) => throw new InvalidCastException("handler");
    }

    private sealed class ThrowingPolicy : ITimelinePolicy
    {
        public EntryOptions? OptionsFor<T>(string key, T value) => throw new InvalidCastException("policy");
    }

    private sealed class Failing : IValueTransformer<string>
    {
        public string Transform(string key, string value) =>
            value.StartsWith("readable", StringComparison.Ordinal) ? value : throw new FormatException("no form");

        public string Restore(string key, string stored) => throw new FormatException("no way back");
    }
}
