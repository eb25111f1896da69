using Larder.Tests.Support;
using static Larder.Tests.Support.TestCache;

namespace Larder.Tests.Flights;

/// <summary>However many ask at once, the source is asked once.</summary>
public sealed class StampedeTests : IAsyncDisposable
{
    private readonly FakeClock _clock = new();
    private readonly ICache _cache;
    private readonly GatedSource<string> _source = new();

    public StampedeTests() => _cache = TestCache.Create(_clock);

    public ValueTask DisposeAsync() => _cache.DisposeAsync();

    [Fact]
    public async Task GetOrCreate_TenThousandCallersWaiting_OneLoadAnswersAll()
    {
        var callers = new Task<string>[10_000];
        for (var i = 0; i < callers.Length; i++)
        {
            callers[i] = _cache.GetOrCreateAsync("k", _source.Factory).AsTask();
        }

        (await _source.NextCallAsync()).Answer("once");

        Assert.All(await Task.WhenAll(callers).Soon(), value => Assert.Equal("once", value));
        Assert.Equal(1, _source.Count);
        Assert.Equal(9_999, _cache.Statistics.Joined);
        Assert.Equal(10_000, _cache.Statistics.Misses);
        Assert.Equal(1, _cache.Statistics.SourceCalls);
    }

    [Fact]
    public async Task GetOrCreate_TenThousandCallersFromManyThreads_OneLoadForEachKey()
    {
        const int Keys = 10;
        var counts = new int[Keys];
        using var start = new ManualResetEventSlim();
        var threads = Enumerable.Range(0, 8).Select(thread => Task.Factory.StartNew(
            async () =>
            {
                Assert.True(start.Wait(Bounded.Patience));
                for (var i = 0; i < 1_250; i++)
                {
                    var value = await _cache.GetOrCreateAsync(
                        $"k{i % Keys}",
                        (counts, key: i % Keys),
                        static async (state, _) =>
                        {
                            Interlocked.Increment(ref state.counts[state.key]);
                            await Task.Yield();
                            return state.key;
                        });
                    Assert.Equal(i % Keys, value);
                }
            },
            TaskCreationOptions.LongRunning).Unwrap()).ToArray();
        start.Set();

        await Task.WhenAll(threads).Soon();

        Assert.All(counts, count => Assert.Equal(1, count));
        Assert.Equal(Keys, _cache.Statistics.Entries);
    }

    [Fact]
    public async Task GetOrCreate_SourceThrows_AllCallersGetTheSameExceptionAndTheNextTriesAgain()
    {
        var callers = Enumerable.Range(0, 100).Select(_ => _cache.GetOrCreateAsync("k", _source.Factory).AsTask()).ToArray();
        var down = new IOException("down");
        (await _source.NextCallAsync()).Fail(down);

        foreach (var caller in callers)
        {
            Assert.Same(down, await Assert.ThrowsAsync<IOException>(() => caller.Soon()));
        }

        Assert.Equal(1, _source.Count);
        Assert.Equal("up", await _cache.GetOrCreateAsync("k", Returns("up")));
    }

    [Fact]
    public async Task GetOrCreateAndResolve_OneLoadRuns_BothShareIt()
    {
        var first = _cache.ResolveAsync("k", _source.Factory).AsTask();
        var second = _cache.GetOrCreateAsync("k", _source.Factory).AsTask();
        var third = _cache.ResolveAsync<object?, string>("k", null, _source.ContextFactory).AsTask();
        (await _source.NextCallAsync()).Answer("once");

        Assert.Equal((CacheStatus.Miss, "once"), ((await first.Soon()).Status, (await first).Value));
        Assert.Equal("once", await second.Soon());
        Assert.Equal((CacheStatus.Miss, CacheTier.Source), ((await third.Soon()).Status, (await third).Tier));
        Assert.Equal(1, _source.Count);
    }

    [Fact]
    public async Task GetOrCreate_LoadOfAnotherTypeRuns_BaseTypeSharesItAndAForeignTypeIsRefused()
    {
        var asString = _cache.GetOrCreateAsync("k", _source.Factory).AsTask();
        var asObject = _cache.GetOrCreateAsync<object>("k", Never<object>()).AsTask();
        var asNumber = _cache.GetOrCreateAsync("k", Never<int>()).AsTask();
        (await _source.NextCallAsync()).Answer("once");

        Assert.Equal("once", await asString.Soon());
        Assert.Equal("once", await asObject.Soon());
        var refused = await Assert.ThrowsAsync<ValueTypeMismatchException>(() => asNumber.Soon());
        Assert.Equal((typeof(string), typeof(int)), (refused.StoredType, refused.RequestedType));
    }
}
