using Larder.Tests.Support;
using static Larder.Tests.Support.TestCache;

namespace Larder.Tests.Entries;

/// <summary>Remembering that there is no such thing, which is not the same as a value that is null.</summary>
public sealed class NotFoundTests : IAsyncDisposable
{
    private static readonly EntryOptions Remembered = new() { FreshFor = Seconds(10), NotFoundFor = Seconds(2) };

    private readonly FakeClock _clock = new();
    private readonly ICache _cache;
    private int _asked;

    public NotFoundTests() => _cache = TestCache.Create(_clock);

    public ValueTask DisposeAsync() => _cache.DisposeAsync();

    [Fact]
    public async Task NotFound_OfItsOwnLoad_IsToldApartFromAValue()
    {
        var result = await _cache.ResolveAsync("k", this, Missing<string>, Remembered);

        Assert.Equal((CacheStatus.Miss, CacheTier.Source), (result.Status, result.Tier));
        Assert.True(result.IsNotFound);
        Assert.False(result.HasValue);
        Assert.False(result.TryGetValue(out _));
        Assert.Equal(Seconds(2), result.RemainingFreshness);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1_999, true)]
    [InlineData(2_000, false)]
    public async Task NotFound_Remembered_AnswersUntilNotFoundForIsOver(int milliseconds, bool isRemembered)
    {
        Assert.Null(await _cache.GetOrCreateAsync("k", this, Missing<string>, Remembered));
        _clock.Advance(TimeSpan.FromMilliseconds(milliseconds));

        var found = await _cache.GetAsync<string>("k");
        Assert.Equal(isRemembered ? CacheStatus.Hit : CacheStatus.Absent, found.Status);
        Assert.Equal(isRemembered, found.IsNotFound);
        Assert.False(found.HasValue);
        Assert.False(_cache.TryGet<string>("k", out _));
        Assert.False(await _cache.ExistsAsync("k"));
        Assert.Null(await _cache.GetTimeToLiveAsync("k"));

        var resolved = await _cache.ResolveAsync("k", this, Missing<string>, Remembered);
        Assert.Equal(isRemembered ? CacheStatus.Hit : CacheStatus.Miss, resolved.Status);
        Assert.True(resolved.IsNotFound);
        Assert.Equal(isRemembered ? 1 : 2, _asked);
    }

    [Fact]
    public async Task NotFound_OfAValueType_AnswersItsDefault()
    {
        Assert.Equal(0, await _cache.GetOrCreateAsync("k", this, Missing<int>, Remembered));
        Assert.Equal(0, await _cache.GetOrCreateAsync("k", this, Missing<int>, Remembered));
        Assert.Equal(1, _asked);
    }

    [Fact]
    public async Task NotFound_AskedForAsAnotherType_AnswersForThatTypeToo()
    {
        await _cache.GetOrCreateAsync("k", this, Missing<string>, Remembered);

        Assert.True((await _cache.GetAsync<int>("k")).IsNotFound);
    }

    [Fact]
    public async Task NotFound_NotRemembered_RemovesTheOlderValueAndAsksAgain()
    {
        var options = new EntryOptions { FreshFor = Seconds(1), FallbackFor = Minutes(10) };
        await _cache.SetAsync("k", "old", options);
        _clock.Advance(Seconds(2));

        Assert.True((await _cache.ResolveAsync("k", this, Missing<string>, options)).IsNotFound);
        Assert.Equal(CacheStatus.Absent, (await _cache.GetAsync<string>("k", new EntryOptions { ServeExpired = true })).Status);
        await Assert.ThrowsAsync<IOException>(
            () => _cache.GetOrCreateAsync<string>("k", _ => throw new IOException("down"), options).AsTask());
        Assert.True((await _cache.ResolveAsync("k", this, Missing<string>, options)).IsNotFound);
        Assert.Equal(2, _asked);
    }

    [Fact]
    public async Task NotFound_OldAnswer_IsNoFallback()
    {
        var options = new EntryOptions { NotFoundFor = Seconds(1), StaleFor = Minutes(10), FallbackFor = Minutes(10) };
        await _cache.GetOrCreateAsync("k", this, Missing<string>, options);
        _clock.Advance(Seconds(1));

        await Assert.ThrowsAsync<IOException>(
            () => _cache.GetOrCreateAsync<string>("k", _ => throw new IOException("down"), options).AsTask());
    }

    [Fact]
    public async Task NotFound_Joined_EveryCallerIsTold()
    {
        var source = new GatedSource<string>();
        var leader = _cache.ResolveAsync("k", (object?)null, source.ContextFactory, Remembered);
        var call = await source.NextCallAsync();
        var joiner = _cache.ResolveAsync("k", (object?)null, source.ContextFactory, Remembered);
        var bare = _cache.GetOrCreateAsync("k", (object?)null, source.ContextFactory, Remembered);

        call.Answer(call.Context.NotFound<string>());

        Assert.True((await leader.Soon()).IsNotFound);
        Assert.True((await joiner.Soon()).IsNotFound);
        Assert.Null(await bare.Soon());
    }

    [Fact]
    public async Task NotFound_FactoryReturnsAValueAllTheSame_EveryCallerGetsTheDefault()
    {
        static ValueTask<string> Contradicts(int state, EntryContext entry, CancellationToken cancellationToken)
        {
            entry.NotFound<string>();
            return new ValueTask<string>("nonsense");
        }

        Assert.Null(await _cache.GetOrCreateAsync("a", 0, Contradicts, Remembered));
        var result = await _cache.ResolveAsync("b", 0, Contradicts, Remembered);
        Assert.Equal((true, null), (result.IsNotFound, result.Value));
    }

    [Fact]
    public async Task NotFound_ThenSet_TheValueIsThere()
    {
        await _cache.GetOrCreateAsync("k", this, Missing<string>, Remembered);
        await _cache.SetAsync("k", "v");

        Assert.True(_cache.TryGet<string>("k", out var value));
        Assert.Equal("v", value);
    }

    [Fact]
    public async Task NotFound_ExpiredByHand_IsForgotten()
    {
        await _cache.GetOrCreateAsync("k", this, Missing<string>, new EntryOptions { NotFoundFor = Minutes(1), StaleFor = Minutes(1) });
        await _cache.ExpireAsync("k");

        Assert.Equal(CacheStatus.Absent, (await _cache.GetAsync<string>("k")).Status);
    }

    [Fact]
    public async Task NotFound_OfARefresh_ReplacesTheStaleValue()
    {
        var options = new EntryOptions { FreshFor = Seconds(1), StaleFor = Minutes(1), NotFoundFor = Seconds(5) };
        await _cache.SetAsync("k", "old", options);
        _clock.Advance(Seconds(2));
        Assert.Equal("old", await _cache.GetOrCreateAsync("k", this, Missing<string>, options));

        await Bounded.Until(() => !_cache.TryGet<string>("k", out _));

        Assert.True((await _cache.GetAsync<string>("k")).IsNotFound);
    }

    [Fact]
    public async Task Null_AsAValue_IsKeptAndServedLikeAnyOther()
    {
        var result = await _cache.ResolveAsync("k", Returns<string?>(null));
        Assert.Equal((CacheStatus.Miss, true, false), (result.Status, result.HasValue, result.IsNotFound));

        Assert.True(_cache.TryGet<string?>("k", out var value));
        Assert.Null(value);
        Assert.Null(await _cache.GetOrCreateAsync("k", Never<string?>()));
        var hit = await _cache.GetAsync<string?>("k");
        Assert.Equal((CacheStatus.Hit, true, false), (hit.Status, hit.HasValue, hit.IsNotFound));
        Assert.True(await _cache.ExistsAsync("k"));
    }

    [Fact]
    public async Task Result_InWords_TellsTheStatusButNotTheValue()
    {
        await _cache.SetAsync("k", "a secret");
        await _cache.GetOrCreateAsync("n", this, Missing<string>, Remembered);

        Assert.Equal("Hit (Memory)", (await _cache.GetAsync<string>("k")).ToString());
        Assert.Equal("Hit (Memory, not found)", (await _cache.GetAsync<string>("n")).ToString());
        Assert.Equal("Absent (None)", default(CacheResult<string>).ToString());
    }

    private static ValueTask<T> Missing<T>(NotFoundTests test, EntryContext entry, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref test._asked);
        return new ValueTask<T>(entry.NotFound<T>());
    }
}
