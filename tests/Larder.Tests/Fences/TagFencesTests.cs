using System.Runtime.CompilerServices;
using Larder.Entrance;
using Larder.Fences;
using Larder.Tests.Support;
using static Larder.Tests.Support.TestCache;

namespace Larder.Tests.Fences;

/// <summary>Fences of tags: what they cover, and that they cost memory only while something carries them.</summary>
public sealed class TagFencesTests : IAsyncDisposable
{
    private readonly FakeClock _clock = new();
    private readonly ICache _cache;

    public TagFencesTests() => _cache = TestCache.Create(_clock);

    public ValueTask DisposeAsync() => _cache.DisposeAsync();

    [Fact]
    public async Task RemoveByTag_EntriesWithIt_AreGoneForEveryVerb_AndOthersStay()
    {
        await _cache.SetAsync("a", 1, tags: ["x", "y"]);
        await _cache.SetAsync("b", 2, tags: ["y"]);
        await _cache.SetAsync("c", 3, tags: ["z"]);
        await _cache.SetAsync("d", 4);

        await _cache.RemoveByTagAsync("x");

        Assert.False(_cache.TryGet<int>("a", out _));
        Assert.Equal(CacheStatus.Absent, (await _cache.GetAsync<int>("a")).Status);
        Assert.False(await _cache.ExistsAsync("a"));
        Assert.Null(await _cache.GetTimeToLiveAsync("a"));
        Assert.Equal(10, await _cache.GetOrCreateAsync("a", Returns(10)));
        Assert.True(_cache.TryGet<int>("b", out _));
        Assert.True(_cache.TryGet<int>("c", out _));
        Assert.True(_cache.TryGet<int>("d", out _));
    }

    [Fact]
    public async Task RemoveByTag_TagNobodyCarries_ChangesNothing()
    {
        await _cache.SetAsync("a", 1, tags: ["x"]);

        Assert.Equal(RemovalOutcome.Done, await _cache.RemoveByTagAsync("nobody's"));

        Assert.True(_cache.TryGet<int>("a", out _));
    }

    [Fact]
    public async Task RemoveByTag_EntryStoredAgainAfterwards_IsNotCovered()
    {
        await _cache.SetAsync("a", 1, tags: ["x"]);
        await _cache.RemoveByTagAsync("x");
        await _cache.SetAsync("a", 2, tags: ["x"]);

        Assert.True(_cache.TryGet<int>("a", out _));
        await _cache.RemoveByTagAsync("x");
        Assert.False(_cache.TryGet<int>("a", out _));
    }

    [Fact]
    public async Task RemoveByTag_EntryStoredAgainWithoutTheTag_StaysAfterwards()
    {
        await _cache.SetAsync("a", 1, tags: ["x"]);
        await _cache.SetAsync("a", 2);

        await _cache.RemoveByTagAsync("x");

        Assert.True(_cache.TryGet<int>("a", out _));
    }

    [Fact]
    public async Task Tags_CompareOrdinally()
    {
        await _cache.SetAsync("a", 1, tags: ["Tag"]);

        await _cache.RemoveByTagAsync("tag");

        Assert.True(_cache.TryGet<int>("a", out _));
    }

    [Fact]
    public async Task SameTagTwice_IsNoHarm()
    {
        await _cache.SetAsync("a", 1, tags: ["x", "x"]);
        Assert.True(_cache.TryGet<int>("a", out _));

        await _cache.RemoveByTagAsync("x");

        Assert.False(_cache.TryGet<int>("a", out _));
    }

    [Fact]
    public async Task Tag_StillHeldByAnEntryAfterACollection_CoversItStill()
    {
        await _cache.SetAsync("a", 1, tags: ["x"]);
        Collect();

        await _cache.RemoveByTagAsync("x");

        Assert.False(_cache.TryGet<int>("a", out _));
    }

    [Fact]
    public async Task Tag_OfARunningLoadAlone_SurvivesACollectionAndFencesTheLoad()
    {
        var source = new GatedSource<int>();
        var loading = _cache.GetOrCreateAsync("a", source.Factory, tags: ["x"]);
        var call = await source.NextCallAsync();
        Collect();

        await _cache.RemoveByTagAsync("x");
        call.Answer(1);

        Assert.Equal(1, await loading.Soon());
        Assert.False(_cache.TryGet<int>("a", out _));
        Assert.Equal(1, _cache.Statistics.FencedOff);
    }

    [Fact]
    public async Task TagsOfEntriesThatAreGone_AreForgottenAfterACollection()
    {
        const int many = 5_000;
        for (var i = 0; i < many; i++)
        {
            await _cache.SetAsync($"k{i}", i, tags: [$"t{i}"]);
        }

        var tags = ((Cache)_cache).Flows.Parts.Tags;
        Assert.True(tags.Count >= many);
        await _cache.ClearAsync();
        Collect();

        // The names are swept when their number would double.
        for (var i = 0; i < 3 * many; i++)
        {
            await _cache.SetAsync("k", i, tags: [$"u{i % 100}-{i}"]);
        }

        Collect();
        for (var i = 0; i < 6 * many; i++)
        {
            await _cache.SetAsync("k", i, tags: [$"v{i}"]);
        }

        Assert.InRange(tags.Count, 1, 8 * many);
    }

    [Fact]
    public void Stamp_OfTags_IsCurrentUntilOneOfThemMoves()
    {
        var fences = new TagFences();
        var stamps = fences.Stamp(["a", "b"], oneMore: "c")!;
        Assert.Equal(["a", "b", "c"], stamps.Select(stamp => stamp.Tag));
        Assert.True(TagStamp.AllCurrent(stamps));

        fences.Move("other");
        Assert.True(TagStamp.AllCurrent(stamps));
        fences.Move("c");
        Assert.False(TagStamp.AllCurrent(stamps));
        Assert.True(TagStamp.AllCurrent(fences.Stamp(["a", "b"], oneMore: "c")!));
        Assert.Null(fences.Stamp([], oneMore: null));
    }

    [Fact]
    public async Task Stamps_TakenByManyThreads_ShareOneFence()
    {
        var fences = new TagFences();
        for (var round = 0; round < 200; round++)
        {
            var tag = $"t{round}";
            using var start = new Barrier(4);
            var stamps = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Factory.StartNew(
                () =>
                {
                    start.SignalAndWait(Bounded.Patience);
                    return fences.Stamp([tag], oneMore: null)!;
                },
                CancellationToken.None,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default))).Soon();

            fences.Move(tag);

            Assert.All(stamps, stamp => Assert.False(TagStamp.AllCurrent(stamp)));
        }
    }

    [Fact]
    public void Fence_Closed_IsNeverCurrentAgain()
    {
        var fence = new FenceCell();
        var before = fence.Stamp;
        fence.Move();
        Assert.NotSame(before, fence.Stamp);

        Assert.True(fence.Close());
        Assert.False(fence.Close());
        Assert.True(fence.IsClosed);
        var closed = fence.Stamp;
        fence.Move();
        Assert.Same(closed, fence.Stamp);
    }

    [Fact]
    public async Task Clear_OtherNamedCaches_KeepTheirs()
    {
        await using var other = TestCache.Create(_clock, name: "other");
        await _cache.SetAsync("k", 1, tags: ["t"]);
        await other.SetAsync("k", 1, tags: ["t"]);

        await _cache.ClearAsync();
        await _cache.RemoveByTagAsync("t");

        Assert.True(other.TryGet<int>("k", out _));
        Assert.Equal(0, _cache.Statistics.Entries);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Collect()
    {
        for (var i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }
}
