using Larder.Tests.Support;
using static Larder.Tests.Support.TestCache;

namespace Larder.Tests.Flights;

/// <summary>A factory that waits for itself is told so.</summary>
public sealed class RecursionTests : IAsyncDisposable
{
    private readonly FakeClock _clock = new();
    private readonly ICache _cache;

    public RecursionTests() => _cache = TestCache.Create(_clock);

    public ValueTask DisposeAsync() => _cache.DisposeAsync();

    [Fact]
    public async Task FactoryAsksForItsOwnKey_ClearErrorInsteadOfADeadlock()
    {
        var failed = await Assert.ThrowsAsync<RecursiveLoadException>(() => _cache.GetOrCreateAsync(
            "k", _ => _cache.GetOrCreateAsync("k", Returns("inner"))).Soon());

        Assert.Contains("the key that it is loading", failed.Message, StringComparison.Ordinal);
        Assert.Equal("next", await _cache.GetOrCreateAsync("k", Returns("next")));
    }

    [Fact]
    public async Task FactoryAsksForItsOwnKeyAfterAnAwait_ClearErrorInsteadOfADeadlock() =>
        await Assert.ThrowsAsync<RecursiveLoadException>(() => _cache.GetOrCreateAsync(
            "k",
            async _ =>
            {
                await Task.Yield();
                return await _cache.GetOrCreateAsync("k", Returns("inner"));
            }).Soon());

    [Fact]
    public async Task FactoryAsksForItsOwnKeyThroughAnother_ClearErrorInsteadOfADeadlock() =>
        await Assert.ThrowsAsync<RecursiveLoadException>(() => _cache.GetOrCreateAsync(
            "a",
            async _ => await _cache.GetOrCreateAsync(
                "b", async _ =>
                {
                    await Task.Yield();
                    return await _cache.GetOrCreateAsync("a", Returns("inner"));
                })).Soon());

    [Fact]
    public async Task FactoryAsksForAnotherKey_Works()
    {
        Assert.Equal("outer of inner", await _cache.GetOrCreateAsync(
            "outer", async _ => "outer of " + await _cache.GetOrCreateAsync("inner", Returns("inner"))));
        Assert.Equal("inner", await _cache.GetOrCreateAsync("inner", Never<string>()));
    }

    [Fact]
    public async Task FactorySetsOrRemovesItsOwnKey_DoesNotBlock()
    {
        Assert.Equal("loaded", await _cache.GetOrCreateAsync(
            "k",
            async _ =>
            {
                await _cache.RemoveAsync("k");
                await _cache.SetAsync("k", "set inside");
                return "loaded";
            }).Soon());

        Assert.Equal("set inside", await _cache.GetOrCreateAsync("k", Never<string>()));
    }

    [Fact]
    public async Task CallerAfterTheLoad_IsNotTakenForTheFactory()
    {
        await _cache.GetOrCreateAsync("k", Returns("first"));
        await _cache.RemoveAsync("k");
        Assert.Equal("second", await _cache.GetOrCreateAsync("k", Returns("second")));
    }

    [Fact]
    public async Task TwoKeysThatLoadEachOther_TheTimeoutEndsIt()
    {
        var options = new EntryOptions { SourceTimeout = Seconds(1) };
        var aHasBegun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var bHasBegun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        async ValueTask<string> Load(string other, TaskCompletionSource mine, TaskCompletionSource theirs)
        {
            mine.SetResult();
            await theirs.Task;
            return await _cache.GetOrCreateAsync(other, Never<string>(), options);
        }

        var a = _cache.GetOrCreateAsync("a", _ => Load("b", aHasBegun, bHasBegun), options).AsTask();
        var b = _cache.GetOrCreateAsync("b", _ => Load("a", bHasBegun, aHasBegun), options).AsTask();
        await Bounded.Until(() => _cache.Statistics.Joined == 2);

        _clock.Advance(Seconds(2));

        await Assert.ThrowsAsync<SourceTimeoutException>(() => a.Soon());
        await Assert.ThrowsAsync<SourceTimeoutException>(() => b.Soon());
    }
}
