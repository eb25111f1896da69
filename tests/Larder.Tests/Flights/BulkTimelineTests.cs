using Larder.Tests.Support;
using static Larder.Tests.Support.TestCache;

namespace Larder.Tests.Flights;

/// <summary>What time, cancellation and removals do to a load of many keys.</summary>
public sealed class BulkTimelineTests : IAsyncDisposable
{
    private static readonly string[] Abc = ["a", "b", "c"];
    private static readonly EntryOptions Stale = new() { FreshFor = Minutes(1), StaleFor = Minutes(60) };
    private static readonly EntryOptions Kept = new() { FreshFor = Minutes(1), FallbackFor = Minutes(60) };

    private readonly FakeClock _clock = new();
    private readonly GatedLoader<string> _loader = new();
    private readonly ICache _cache;

    public BulkTimelineTests() => _cache = TestCache.Create(_clock, options => options.MaxConcurrentRefreshes = 1);

    public async ValueTask DisposeAsync()
    {
        await Bulk.IdleAsync(_cache);
        await _cache.DisposeAsync();
    }

    [Fact]
    public async Task StaleValues_AreServedAtOnce_AndRefreshedByOneCall()
    {
        await _cache.SetManyAsync(Abc.ToDictionary(key => key, key => "old " + key), Stale);
        _clock.Advance(Minutes(2));
        Assert.Equal(["a=old a", "b=old b", "c=old c"], (await _cache.GetOrCreateManyAsync(Abc, _loader.Loader, Stale)).Sorted());
        var call = await _loader.NextCallAsync();
        Assert.Equal(Abc, call.Keys);

        // While it runs nobody refreshes the same keys, and they are still served.
        Assert.Equal("old b", await _cache.GetOrCreateAsync("b", Never<string>(), Stale));
        await _cache.GetOrCreateManyAsync(Abc, Bulk.Never, Stale);
        call.AnswerAll("new");
        await Bulk.IdleAsync(_cache);
        Assert.Equal(["a=new", "b=new", "c=new"], (await _cache.GetOrCreateManyAsync(Abc, Bulk.Never, Stale)).Sorted());
        Assert.Equal((3, 1, 0), (_cache.Statistics.Refreshes, _cache.Statistics.SourceCalls, _cache.Statistics.RefreshesShed));
    }

    [Fact]
    public async Task ARefreshOfManyKeys_TakesOnePlaceOfThoseAllowed_AndGivesItBack()
    {
        await _cache.SetManyAsync(Abc.ToDictionary(key => key, key => "old"), Stale);
        await _cache.SetManyAsync(new Dictionary<string, string> { ["d"] = "old", ["e"] = "old" }, Stale);
        _clock.Advance(Minutes(2));
        await _cache.GetOrCreateManyAsync(Abc, _loader.Loader, Stale);
        var call = await _loader.NextCallAsync();
        Assert.Equal(["d=old"], (await _cache.GetOrCreateManyAsync(["d"], Bulk.Never, Stale)).Sorted());
        Assert.Equal(1, _cache.Statistics.RefreshesShed);
        call.Fail(new InvalidOperationException("down"));
        await Bulk.IdleAsync(_cache);
        await _cache.GetOrCreateManyAsync(["d"], _loader.Loader, Stale);
        call = await _loader.NextCallAsync();
        await _cache.GetOrCreateManyAsync(["e"], Bulk.Never, Stale);
        Assert.Equal(2, _cache.Statistics.RefreshesShed);
        call.AnswerAll("new");
        await Bounded.Until(() => _cache.TryGet<string>("d", out var value) && value == "new");
    }

    [Fact]
    public async Task AFailedRefresh_BacksOff_ForEachOfItsKeys()
    {
        await _cache.SetManyAsync(Abc.ToDictionary(key => key, key => "old"), Stale);
        _clock.Advance(Minutes(2));
        await _cache.GetOrCreateManyAsync(Abc, _loader.Loader, Stale);
        (await _loader.NextCallAsync()).Fail(new InvalidOperationException("down"));
        await Bulk.IdleAsync(_cache);
        Assert.Equal(["a=old", "b=old", "c=old"], (await _cache.GetOrCreateManyAsync(Abc, Bulk.Never, Stale)).Sorted());
        _clock.Advance(Seconds(2));
        await _cache.GetOrCreateManyAsync(Abc, _loader.Loader, Stale);
        (await _loader.NextCallAsync()).AnswerAll("new");
    }

    [Fact]
    public async Task ALoaderThatFails_IsCoveredByWhatIsKept()
    {
        await _cache.SetAsync("a", "kept", Kept);
        _clock.Advance(Minutes(2));
        Assert.Equal(["a=kept"], (await _cache.GetOrCreateManyAsync(["a"], Bulk.Never, Kept)).Sorted());
        Assert.Equal(1, _cache.Statistics.Fallbacks);
        var failed = await Assert.ThrowsAsync<BulkLoadException>(async () => await _cache.GetOrCreateManyAsync(["a", "b"], Bulk.Never, Kept));
        Assert.Equal(["b"], failed.Failures.Keys);
        Assert.Equal(["a=kept"], failed.GetFound<string>().Sorted());
    }

    [Fact]
    public async Task ALoaderThatIsSlow_IsCoveredByWhatIsKept_AndGoesOn()
    {
        await _cache.SetManyAsync(Abc.ToDictionary(key => key, key => "kept"), Kept);
        _clock.Advance(Minutes(2));
        var options = new EntryOptions { FreshFor = Minutes(1), FallbackFor = Minutes(60), SourceSoftTimeout = Seconds(1) };
        var load = _cache.GetOrCreateManyAsync(Abc, _loader.Loader, options).AsTask();
        var call = await _loader.NextCallAsync();
        _clock.Advance(Seconds(1));
        Assert.Equal(["a=kept", "b=kept", "c=kept"], (await load.Soon()).Sorted());
        call.AnswerAll("late");
        await Bounded.Until(() => _cache.TryGet<string>("c", out var value) && value == "late");
    }

    [Fact]
    public async Task Cancellation_AbandonsOnlyThisCaller()
    {
        using var leaving = new CancellationTokenSource();
        var load = _cache.GetOrCreateManyAsync(Abc, _loader.Loader, cancellationToken: leaving.Token).AsTask();
        var call = await _loader.NextCallAsync();
        var follower = _cache.GetOrCreateManyAsync(["b", "c"], Bulk.Never).AsTask();
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => load.Soon());
        Assert.False(call.Token.IsCancellationRequested);
        call.AnswerAll("x");
        Assert.Equal(["b=x", "c=x"], (await follower.Soon()).Sorted());
        Assert.True(_cache.TryGet<string>("a", out _));
    }

    [Fact]
    public async Task WithoutBackgroundCompletion_TheLoaderIsCancelled_WhenNobodyWantsAnyOfItsKeys()
    {
        var options = new EntryOptions { BackgroundCompletion = false };
        using var first = new CancellationTokenSource();
        using var second = new CancellationTokenSource();
        var load = _cache.GetOrCreateManyAsync(Abc, _loader.Loader, options, cancellationToken: first.Token).AsTask();
        var call = await _loader.NextCallAsync();
        var follower = _cache.GetOrCreateAsync("b", Never<string>(), options, cancellationToken: second.Token).AsTask();
        await first.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => load.Soon());
        Assert.False(call.Token.IsCancellationRequested);
        await second.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => follower.Soon());
        Assert.True(call.Token.IsCancellationRequested);
        call.AnswerAll("nobody");
        await Bulk.IdleAsync(_cache);
        Assert.False(_cache.TryGet<string>("a", out _));
    }

    [Fact]
    public async Task ACancelledCall_StartsNothing()
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await _cache.GetOrCreateManyAsync(Abc, Bulk.Never, cancellationToken: new CancellationToken(canceled: true)));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await _cache.SetManyAsync(new Dictionary<string, int> { ["a"] = 1 }, cancellationToken: new CancellationToken(canceled: true)));
        Assert.Equal(0, _cache.Statistics.Entries);
    }

    [Fact]
    public async Task SourceTimeout_ReleasesAllKeys()
    {
        var options = new EntryOptions { SourceTimeout = Seconds(5) };
        var load = _cache.GetOrCreateManyAsync(Abc, _loader.Loader, options).AsTask();
        var call = await _loader.NextCallAsync();
        Assert.Equal(1, _clock.PendingTimers);
        _clock.Advance(Seconds(5));
        var failed = await Assert.ThrowsAsync<BulkLoadException>(() => load.Soon());
        Assert.Equal(Abc, failed.Failures.Keys);
        Assert.All(failed.Failures.Values, one => Assert.IsType<SourceTimeoutException>(one));
        Assert.True(call.Token.IsCancellationRequested);
        await Bulk.IdleAsync(_cache);
        Assert.Equal(["a=new a", "b=new b", "c=new c"], (await _cache.GetOrCreateManyAsync(Abc, Bulk.Says("new "))).Sorted());
        call.AnswerAll("late");
        Assert.Equal("new a", await _cache.GetOrCreateAsync("a", Never<string>()));
        Assert.Equal(0, _clock.PendingTimers);
    }

    [Fact]
    public async Task ALoaderThatBlocksItsThread_IsGivenUpByWhoeverJoined()
    {
        using var isInside = new ManualResetEventSlim();
        using var goOn = new ManualResetEventSlim();
        var leader = Task.Run(() => _cache.GetOrCreateManyAsync(
            Abc,
            (keys, token) =>
            {
                isInside.Set();
                Assert.True(goOn.Wait(Bounded.Patience));
                return Bulk.Says("late ")(keys, token);
            },
            new() { SourceTimeout = Seconds(5) }).AsTask());
        Assert.True(isInside.Wait(Bounded.Patience));
        var follower = _cache.GetOrCreateAsync("b", Never<string>()).AsTask();
        _clock.Advance(Seconds(5));
        await Assert.ThrowsAsync<SourceTimeoutException>(() => follower.Soon());
        Assert.Equal("new", await _cache.GetOrCreateAsync("c", Returns("new")));
        goOn.Set();
        await Assert.ThrowsAsync<BulkLoadException>(() => leader.Soon());
        Assert.Equal("new", await _cache.GetOrCreateAsync("c", Never<string>()));
    }

    [Theory]
    [InlineData("remove")]
    [InlineData("set")]
    [InlineData("tag")]
    [InlineData("expire")]
    public async Task AChangeOfOneKey_DuringTheLoad_DetachesThatKeyAlone(string change)
    {
        // b alone carries the tag: it is loaded by a batch of its own that runs at the same time.
        var load = _cache.GetOrCreateManyAsync(["a", "c"], _loader.Loader).AsTask();
        var call = await _loader.NextCallAsync();
        var tagged = _cache.GetOrCreateManyAsync(["b"], _loader.Loader, tags: ["t"]).AsTask();
        var other = await _loader.NextCallAsync();
        await (change switch
        {
            "remove" => _cache.RemoveAsync("b"),
            "tag" => _cache.RemoveByTagAsync("t"),
            "expire" => _cache.ExpireAsync("b"),
            _ => SetAsync(),
        });
        call.AnswerAll("loaded");
        other.AnswerAll("before the change");
        Assert.Equal(["b=before the change"], (await tagged.Soon()).Sorted());
        await load.Soon();
        Assert.Equal("loaded", await _cache.GetOrCreateAsync("a", Never<string>()));
        Assert.Equal(change == "set" ? "set" : "after the change", await _cache.GetOrCreateAsync("b", Returns("after the change")));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ARemovalOfOneKeyOfABatch_LeavesTheOthers(bool setsItInstead)
    {
        var load = _cache.GetOrCreateManyAsync(Abc, _loader.Loader).AsTask();
        var call = await _loader.NextCallAsync();
        await (setsItInstead ? SetAsync() : _cache.RemoveAsync("b"));

        // Whoever comes after the change is not served what the batch has read before.
        var later = _cache.GetOrCreateManyAsync(Abc, Bulk.Says("new ")).AsTask();
        call.AnswerAll("old");
        Assert.Equal(["a=old", "b=old", "c=old"], (await load.Soon()).Sorted());
        Assert.Equal(["a=old", setsItInstead ? "b=set" : "b=new b", "c=old"], (await later.Soon()).Sorted());
        Assert.Equal(["a=old", setsItInstead ? "b=set" : "b=new b", "c=old"], (await _cache.GetOrCreateManyAsync(Abc, Bulk.Never)).Sorted());
    }

    [Fact]
    public async Task Clear_DuringTheLoad_DetachesAllKeys()
    {
        var load = _cache.GetOrCreateManyAsync(Abc, _loader.Loader).AsTask();
        var call = await _loader.NextCallAsync();
        await _cache.ClearAsync();
        call.AnswerAll("old");
        await load.Soon();
        Assert.Equal(0, _cache.Statistics.Entries);
        Assert.Equal(3, _cache.Statistics.FencedOff);
    }

    [Fact]
    public async Task ARemovalDuringARefreshOfMany_LetsThatKeyNotBeStored()
    {
        await _cache.SetManyAsync(Abc.ToDictionary(key => key, key => "old"), Stale);
        _clock.Advance(Minutes(2));
        await _cache.GetOrCreateManyAsync(Abc, _loader.Loader, Stale);
        var call = await _loader.NextCallAsync();
        await _cache.RemoveAsync("b");
        call.AnswerAll("old source");
        await Bulk.IdleAsync(_cache);
        Assert.False(_cache.TryGet<string>("b", out _));
        Assert.True(_cache.TryGet<string>("a", out _));
    }

    [Fact]
    public async Task CallsForManyKeysBesideRemovals_AreNeverServedWhatWasGoneBefore()
    {
        var race = new Race(_cache);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(seed => Task.Run(() => race.RunAsync(new Random(seed))))).Soon();
        Assert.Null(race.Broken);
    }

    private async ValueTask<RemovalOutcome> SetAsync()
    {
        await _cache.SetManyAsync(new Dictionary<string, string> { ["b"] = "set" });
        return RemovalOutcome.Done;
    }

    /// <summary>A source of versions, raised before each removal. Whoever reads notes first what was gone by then.</summary>
    private sealed class Race(ICache cache)
    {
        private const int Rounds = 400;
        private readonly string[] _keys = [.. Enumerable.Range(0, 8).Select(i => $"{i}")];
        private readonly int[] _source = new int[8];
        private readonly int[] _gone = new int[8];

        internal string? Broken { get; private set; }

        internal async Task RunAsync(Random random)
        {
            for (var round = 0; round < Rounds && Broken is null; round++)
            {
                await (random.Next(3) == 0 ? RemoveAsync(random.Next(_keys.Length)) : ReadAsync([.. _keys.Where(_ => random.Next(2) == 0)]));
            }
        }

        private async Task RemoveAsync(int key)
        {
            var version = Interlocked.Increment(ref _source[key]);
            await cache.RemoveAsync(_keys[key]);
            for (var seen = Volatile.Read(ref _gone[key]); seen < version;)
            {
                seen = Interlocked.CompareExchange(ref _gone[key], version, seen);
            }
        }

        private async Task ReadAsync(string[] keys)
        {
            var gone = Array.ConvertAll(keys, key => Volatile.Read(ref _gone[key[0] - '0']));
            var found = await cache.GetOrCreateManyAsync<int>(keys, async (asked, _) =>
            {
                var read = asked.ToDictionary(key => key, key => Volatile.Read(ref _source[key[0] - '0']));
                await Task.Yield();
                return read;
            });
            for (var i = 0; i < keys.Length; i++)
            {
                if (!found.TryGetValue(keys[i], out var version) || version < gone[i])
                {
                    Broken = $"Key {keys[i]} was served version {version} although {gone[i]} was current before the call.";
                }
            }
        }
    }
}
