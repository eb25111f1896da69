using Larder.Tests.Support;
using static Larder.Tests.Support.TestCache;

namespace Larder.Tests.Flights;

/// <summary>A caller who leaves harms nobody else.</summary>
public sealed class CancellationTests : IAsyncDisposable
{
    private static readonly EntryOptions GiveUp = new() { BackgroundCompletion = false };

    private readonly FakeClock _clock = new();
    private readonly ICache _cache;
    private readonly GatedSource<string> _source = new();

    public CancellationTests() => _cache = TestCache.Create(_clock);

    public ValueTask DisposeAsync() => _cache.DisposeAsync();

    [Fact]
    public async Task LeaderCancels_FollowersStillGetTheValue()
    {
        using var leaving = new CancellationTokenSource();
        var leader = _cache.GetOrCreateAsync("k", _source.Factory, GiveUp, cancellationToken: leaving.Token).AsTask();
        var follower = _cache.GetOrCreateAsync("k", _source.Factory, GiveUp).AsTask();
        var call = await _source.NextCallAsync();

        await leaving.CancelAsync();

        var cancelled = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leader.Soon());
        Assert.Equal(leaving.Token, cancelled.CancellationToken);
        Assert.False(call.Token.IsCancellationRequested);
        call.Answer("value");
        Assert.Equal("value", await follower.Soon());
        Assert.Equal("value", await _cache.GetOrCreateAsync("k", Never<string>()));
    }

    [Fact]
    public async Task FollowerCancels_LeaderStillGetsTheValue()
    {
        using var leaving = new CancellationTokenSource();
        var leader = _cache.GetOrCreateAsync("k", _source.Factory, GiveUp).AsTask();
        var follower = _cache.ResolveAsync("k", _source.Factory, GiveUp, cancellationToken: leaving.Token).AsTask();
        var call = await _source.NextCallAsync();

        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => follower.Soon());
        call.Answer("value");
        Assert.Equal("value", await leader.Soon());
    }

    [Fact]
    public async Task AllCancel_BackgroundCompletionOff_TheLoadIsCancelledAndTheKeyIsFree()
    {
        using var leaving = new CancellationTokenSource();
        var first = _cache.GetOrCreateAsync("k", _source.Factory, GiveUp, cancellationToken: leaving.Token).AsTask();
        var second = _cache.GetOrCreateAsync("k", _source.Factory, GiveUp, cancellationToken: leaving.Token).AsTask();
        var call = await _source.NextCallAsync();

        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first.Soon());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second.Soon());
        Assert.True(call.Token.IsCancellationRequested);
        Assert.Equal("next", await _cache.GetOrCreateAsync("k", Returns("next")).Soon());
        call.Answer("nobody wants this any more");
        Assert.Equal("next", await _cache.GetOrCreateAsync("k", Never<string>()));
    }

    [Fact]
    public async Task AllCancel_BackgroundCompletionOn_TheLoadGoesOnAndIsStored()
    {
        using var leaving = new CancellationTokenSource();
        var only = _cache.GetOrCreateAsync("k", _source.Factory, cancellationToken: leaving.Token).AsTask();
        var call = await _source.NextCallAsync();

        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => only.Soon());
        Assert.False(call.Token.IsCancellationRequested);
        call.Answer("stored all the same");

        await Bounded.Until(() => _cache.TryGet<string>("k", out var value) && value == "stored all the same");
    }

    [Fact]
    public async Task CancelledBeforehand_TheSourceIsNotAskedButAHitIsServed()
    {
        var cancelled = new CancellationToken(canceled: true);
        Assert.ThrowsAny<OperationCanceledException>(
            () => { _cache.GetOrCreateAsync("k", Never<string>(), cancellationToken: cancelled).AsTask().GetAwaiter().GetResult(); });

        await _cache.SetAsync("k", "value");
        Assert.Equal("value", await _cache.GetOrCreateAsync("k", Never<string>(), cancellationToken: cancelled));
    }

    [Fact]
    public async Task TheSourceItselfCancels_CallersSeeItAndNothingIsCached()
    {
        var caller = _cache.GetOrCreateAsync("k", _source.Factory).AsTask();
        (await _source.NextCallAsync()).Fail(new OperationCanceledException("the source's own"));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => caller.Soon());
        Assert.Equal("next", await _cache.GetOrCreateAsync("k", Returns("next")));
    }

    [Fact]
    public async Task FactoryRegistersACallbackThatThrows_TheTimeoutStillReleasesTheKey()
    {
        var options = new EntryOptions { SourceTimeout = Seconds(1) };
        var caller = _cache.GetOrCreateAsync("k", _source.Factory, options).AsTask();
        var call = await _source.NextCallAsync();
        call.Token.Register(() => throw new InvalidOperationException("a callback of the factory's"));

        _clock.Advance(Seconds(2));

        await Assert.ThrowsAsync<SourceTimeoutException>(() => caller.Soon());
        Assert.Equal("next", await _cache.GetOrCreateAsync("k", Returns("next")).Soon());
    }
}
