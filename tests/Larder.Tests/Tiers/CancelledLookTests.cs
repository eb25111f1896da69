using Larder.Tests.Support;
using static Larder.Tests.Support.TestCache;

namespace Larder.Tests.Tiers;

/// <summary>A caller who leaves while a lower tier is read does not wait for its answer, and what the call changes is changed all the same.</summary>
public sealed class CancelledLookTests
{
    private static readonly EntryOptions NoSource = new() { Skip = CacheSkip.Source };

    private static readonly Dictionary<string, Func<ICache, CancellationToken, Task>> AllCalls = new()
    {
        ["get"] = async (cache, token) => await cache.GetAsync<int>("k", cancellationToken: token),
        ["exists"] = async (cache, token) => await cache.ExistsAsync("k", token),
        ["time to live"] = async (cache, token) => await cache.GetTimeToLiveAsync("k", token),
        ["get without the source"] = async (cache, token) => await cache.GetOrCreateAsync("k", Never<int>(), NoSource, cancellationToken: token),
        ["resolve without the source"] = async (cache, token) => await cache.ResolveAsync("k", Never<int>(), NoSource, cancellationToken: token),
        ["get many"] = async (cache, token) => await cache.GetManyAsync<int>(["k", "l"], cancellationToken: token),
        ["get many without the source"] = async (cache, token) =>
            await cache.GetOrCreateManyAsync<int>(["k", "l"], (_, _) => throw new InvalidOperationException("asked"), NoSource, cancellationToken: token),
        ["snapshot"] = async (cache, token) => await cache.SnapshotAsync("k", token),
        ["increment"] = async (cache, token) => await cache.IncrementAsync("k", cancellationToken: token),
        ["add tags"] = async (cache, token) => await cache.AddTagsAsync("k", ["t"], token),
        ["get or create"] = async (cache, token) => await cache.GetOrCreateAsync("k", Never<int>(), cancellationToken: token),
    };

    private readonly Shelf _shelf = new();

    public static TheoryData<string> Calls => [.. AllCalls.Keys];

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task ACall_CancelledWhileTheTierHangs_EndsAtOnce(string call)
    {
        var gate = new TaskCompletionSource();
        var entered = new TaskCompletionSource();
        _shelf.Before = _ =>
        {
            entered.TrySetResult();
            return gate.Task;
        };
        await using var cache = Create(new FakeClock(), options => options.Authority = _shelf.Open());
        using var leaving = new CancellationTokenSource();

        var pending = AllCalls[call](cache, leaving.Token);
        await entered.Task.Soon();
        Assert.False(pending.IsCompleted);
        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pending.Soon());
        gate.SetResult();
    }

    [Fact]
    public async Task ARemoval_CancelledWhileTheTierHangs_GoesOnAndIsToldToSubscribers()
    {
        var gate = new TaskCompletionSource();
        _shelf.Before = _ => gate.Task;
        await using var cache = Create(new FakeClock(), options => options.Authority = _shelf.Open());
        var told = new TaskCompletionSource<Removal>();
        await using var subscription = cache.SubscribeRemovals((removal, _) =>
        {
            told.TrySetResult(removal);
            return default;
        });
        using var leaving = new CancellationTokenSource();

        var pending = cache.RemoveAsync("k", leaving.Token).AsTask();
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pending.Soon());
        Assert.False(told.Task.IsCompleted);
        gate.SetResult();

        Assert.Equal(new Removal(RemovalKind.Key, "k", IsLocal: true), await told.Task.Soon());
    }
}
