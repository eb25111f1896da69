using Larder.Tests.Support;
using static Larder.Tests.Support.TestCache;

namespace Larder.Tests.Tiers;

/// <summary>Writes of one process to one key reach the authority in the order in which they were called.</summary>
public sealed class WriteOrderTests
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly string[] Tags = ["t"];
    private readonly Shelf _shelf = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ARemoval_CalledAfterASetThatStillReadsItsFences_ComesAfterIt(bool many)
    {
        var fences = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _shelf.Before = call => call == "ReadFences" ? fences.Task : Task.CompletedTask;
        await using var cache = Create(new FakeClock(), options => options.Authority = _shelf.Open());
        var set = many
            ? cache.SetManyAsync([KeyValuePair.Create("k", 1), KeyValuePair.Create("l", 1)], tags: Tags, cancellationToken: None).AsTask()
            : cache.SetAsync("k", 1, tags: Tags, cancellationToken: None).AsTask();
        var removal = cache.RemoveAsync("k", None).AsTask();
        fences.SetResult();
        await set.Soon();
        Assert.Equal(RemovalOutcome.Done, await removal.Soon());
        Assert.False(_shelf.Holds("k"));
        Assert.Equal(many, _shelf.Holds("l"));
    }

    [Fact]
    public async Task ManySets_WhoseKeysOverlapInOtherOrders_NeverWaitForEachOther()
    {
        // More than are written at once, so that the later ones of each call wait for its earlier ones.
        await using var cache = Create(new FakeClock(), options => options.Authority = _shelf.Open());
        _shelf.Before = static async _ => await Task.Yield();
        var keys = Enumerable.Range(0, 700).Select(i => $"k{i}").ToArray();
        var sets = Enumerable.Range(0, 8)
            .Select(call => cache.SetManyAsync((call % 2 == 0 ? keys : keys.Reverse()).Select(key => KeyValuePair.Create(key, call)), tags: Tags, cancellationToken: None).AsTask())
            .ToArray();
        await Task.WhenAll(sets).Soon();
        Assert.Equal(700, _shelf.Count);
    }
}
