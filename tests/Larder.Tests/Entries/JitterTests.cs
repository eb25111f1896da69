using Larder.Tests.Support;
using static Larder.Tests.Support.TestCache;

namespace Larder.Tests.Entries;

/// <summary>The spreading of expirations.</summary>
public sealed class JitterTests : IAsyncDisposable
{
    private const int Entries = 1_000;

    private readonly FakeClock _clock = new();
    private readonly ICache _cache;

    public JitterTests() => _cache = TestCache.Create(_clock);

    public ValueTask DisposeAsync() => _cache.DisposeAsync();

    [Fact]
    public async Task Jitter_Zero_AllEntriesLiveEquallyLong()
    {
        foreach (var left in await TimesToLiveAsync(jitter: 0))
        {
            Assert.Equal(100_000, left);
        }
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(1.0)]
    public async Task Jitter_Some_SpreadsLivesOverItsRangeAndNeverLengthensThem(double jitter)
    {
        var lives = await TimesToLiveAsync(jitter);

        var least = 100_000 * (1 - jitter);
        Assert.All(lives, left => Assert.InRange(left, least - 1, 100_000));

        // Each tenth of the range gets some of a thousand uniform draws; that one stays empty is out of the question.
        for (var tenth = 0; tenth < 10; tenth++)
        {
            var from = least + (jitter * 10_000 * tenth);
            Assert.Contains(lives, left => left >= from && left < from + (jitter * 10_000));
        }
    }

    [Fact]
    public async Task Jitter_OneFactorForAnEntry_ScalesAllItsTimesAlike()
    {
        var options = new EntryOptions { FreshFor = Seconds(100), StaleFor = Seconds(200), FallbackFor = Seconds(700), Jitter = 0.9 };
        for (var i = 0; i < 100; i++)
        {
            await _cache.SetAsync("k", "v", options);
            var fresh = (await _cache.GetAsync<string>("k")).RemainingFreshness.TotalMilliseconds;
            var whole = (await _cache.GetTimeToLiveAsync("k"))!.Value.TotalMilliseconds;

            Assert.InRange(whole, fresh * 10, (fresh + 1) * 10);
        }
    }

    [Fact]
    public async Task Jitter_MemoryForAndSlidingFor_AreScaledToo()
    {
        var shorter = 0;
        for (var i = 0; i < 100; i++)
        {
            await _cache.SetAsync("m", "v", new EntryOptions { FreshFor = Minutes(60), MemoryFor = Seconds(100), Jitter = 0.5 });
            await _cache.SetAsync("s", "v", new EntryOptions { FreshFor = Minutes(60), SlidingFor = Seconds(100), Jitter = 0.5 });
            var memory = (await _cache.GetTimeToLiveAsync("m"))!.Value;
            var sliding = (await _cache.GetTimeToLiveAsync("s"))!.Value;
            Assert.InRange(memory, Seconds(50) - TimeSpan.FromMilliseconds(1), Seconds(100));
            Assert.InRange(sliding, Seconds(50) - TimeSpan.FromMilliseconds(1), Seconds(100));
            shorter += memory < Seconds(95) && sliding < Seconds(95) ? 1 : 0;
        }

        Assert.True(shorter > 0);
    }

    [Fact]
    public async Task Jitter_NotFound_IsSpreadToo()
    {
        var options = new EntryOptions { NotFoundFor = Seconds(100), Jitter = 0.5 };
        var lives = new HashSet<TimeSpan>();
        for (var i = 0; i < 50; i++)
        {
            await _cache.RemoveAsync("k");
            await _cache.GetOrCreateAsync("k", 0, static (_, entry, _) => new ValueTask<string>(entry.NotFound<string>()), options);
            var found = await _cache.GetAsync<string>("k");
            Assert.True(found.IsNotFound);
            Assert.InRange(found.RemainingFreshness, Seconds(50) - TimeSpan.FromMilliseconds(1), Seconds(100));
            lives.Add(found.RemainingFreshness);
        }

        Assert.True(lives.Count > 1);
    }

    private async Task<List<double>> TimesToLiveAsync(double jitter)
    {
        var options = new EntryOptions { FreshFor = Seconds(100), Jitter = jitter };
        var lives = new List<double>();
        for (var i = 0; i < Entries; i++)
        {
            await _cache.SetAsync($"k{i}", i, options);
            lives.Add((await _cache.GetTimeToLiveAsync($"k{i}"))?.TotalMilliseconds ?? 0);
        }

        return lives;
    }
}
