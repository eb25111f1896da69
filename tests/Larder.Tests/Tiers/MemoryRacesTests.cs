using System.Runtime.CompilerServices;
using Larder.Entrance;
using Larder.Entries;
using Larder.Tests.Support;
using Larder.Tiers;
using static Larder.Tests.Support.TestCache;

namespace Larder.Tests.Tiers;

/// <summary>Eviction, removal, replacing and dropping side by side: each takes exactly what it decided about, and each entry leaves once.</summary>
public sealed class MemoryRacesTests
{
    private readonly FakeClock _clock = new();

    [Fact]
    public async Task Drop_OfAnEntryThatWasReplaced_LeavesTheNewerOne()
    {
        await using var cache = TestCache.Create(_clock);
        var memory = MemoryOf(cache);
        await cache.SetAsync("k", 1);
        var older = memory.Find("k")!;
        await cache.SetAsync("k", 2);

        memory.Drop(older, EvictionReason.Expired);

        Assert.True(cache.TryGet<int>("k", out var value));
        Assert.Equal((2, 0), (value, cache.Statistics.Expirations));
    }

    [Fact]
    public async Task Replace_OfAnEntryThatIsGone_BringsNothingBack()
    {
        await using var cache = TestCache.Create(_clock);
        var memory = MemoryOf(cache);
        await cache.SetAsync("k", 1, new EntryOptions { StaleFor = Minutes(1) });
        var entry = memory.Find("k")!;
        await cache.RemoveAsync("k");

        Assert.False(memory.Replace(entry, entry.ExpiredAt(0)));
        Assert.Null(memory.Find("k"));

        await cache.SetAsync("k", 2);
        Assert.False(memory.Replace(entry, entry.ExpiredAt(0)));
        Assert.True(cache.TryGet<int>("k", out var value));
        Assert.Equal(2, value);
    }

    [Fact]
    public async Task Drop_ByTwoAtOnce_CountsOnce()
    {
        await using var cache = TestCache.Create(_clock);
        var memory = MemoryOf(cache);
        for (var round = 0; round < 500; round++)
        {
            await cache.SetAsync("k", round);
            var entry = memory.Find("k")!;
            using var start = new Barrier(2);
            await Task.WhenAll(Task.Run(Drop), Task.Run(Drop)).Soon();

            void Drop()
            {
                start.SignalAndWait();
                memory.Drop(entry, EvictionReason.Unreadable);
            }
        }

        Assert.Equal((500, 0), (cache.Statistics.Unreadable, cache.Statistics.Entries));
    }

    [Fact]
    public async Task RemovalsBesideEvictions_EachEntryLeavesOnce_AndForOneReason()
    {
        const int threads = 4;
        const int each = 20_000;
        await using var cache = TestCache.Create(_clock, options => options.MemoryLimit = MemoryLimit.Entries(64));
        var memory = MemoryOf(cache);
        long removed = 0;
        long dropped = 0;
        using var start = new Barrier(threads);
        await Task.WhenAll(Enumerable.Range(0, threads).Select(thread => Task.Run(async () =>
        {
            start.SignalAndWait();
            for (var i = 0; i < each; i++)
            {
                await cache.SetAsync($"{thread}:{i}", i);
                switch (i % 3)
                {
                    case 0:
                        // Its own latest and another thread's, be they there or evicted.
                        Interlocked.Add(ref removed, memory.Remove($"{thread}:{i}") ? 1 : 0);
                        Interlocked.Add(ref removed, memory.Remove($"{(thread + 1) % threads}:{i - 1}") ? 1 : 0);
                        break;
                    case 1 when memory.Find($"{thread}:{i}") is { } entry:
                        Interlocked.Add(ref dropped, 1);
                        memory.Drop(entry, EvictionReason.Unreadable);
                        break;
                    default:
                        break;
                }
            }
        }))).Soon();

        memory.Maintain();
        var statistics = cache.Statistics;
        Assert.Equal(threads * each, statistics.Entries + statistics.Evictions + statistics.Unreadable + removed);
        Assert.Equal(0, statistics.Expirations + statistics.Invalidations + statistics.TooLarge);
        Assert.InRange(statistics.Entries, 1, 64);
        Assert.InRange(statistics.Unreadable, 1, dropped);
        Assert.True(removed > 0);
    }

    [Fact]
    public async Task Writers_OfManyThreads_NeverPassTheBoundByMoreThanItsSlack()
    {
        const long limit = 100_000;
        const long heaviest = 5_000;
        await using var cache = TestCache.Create(_clock, options =>
        {
            options.MemoryLimit = MemoryLimit.Bytes(limit);
            options.Sizer = value => (long)value!;
        });
        using var stop = new CancellationTokenSource();
        var writers = Enumerable.Range(0, 4).Select(writer => Task.Run(async () =>
        {
            var random = new Random(writer);
            for (var i = 0; i < 30_000; i++)
            {
                await cache.SetAsync($"{random.Next(2_000)}", (long)random.Next(100), new EntryOptions { Size = random.Next(1, (int)heaviest) });
            }
        })).ToArray();
        var all = Task.WhenAll(writers);
        var most = 0L;
        while (!all.IsCompleted)
        {
            most = Math.Max(most, cache.Statistics.Weight);
        }

        await all.Soon();
        Assert.InRange(most, 1, limit + (limit / 100) + heaviest);
        Assert.InRange(cache.Statistics.Weight, 1, limit);
    }

    [Fact]
    public async Task AThousandCaches_MadeFilledAndDropped_AreCollected_AndTheirTimerEnds()
    {
        var dropped = MakeAndDrop();
        await using var living = TestCache.Create(_clock);
        await living.SetAsync("k", 1, new EntryOptions { FreshFor = TimeSpan.FromHours(1) });

        Collect();
        _clock.Advance(Seconds(2));
        Assert.InRange(dropped.Count(reference => reference.IsAlive), 0, 1);
        Assert.True(living.TryGet<int>("k", out _));

        await living.DisposeAsync();
        Collect();
        _clock.Advance(Seconds(5));
        Assert.Equal(0, _clock.PeriodicTimers);
    }

    private static MemoryTier MemoryOf(ICache cache) => ((Cache)cache).Flows.Parts.Memory;

    private static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private List<WeakReference> MakeAndDrop()
    {
        var dropped = new List<WeakReference>();
        for (var i = 0; i < 1_000; i++)
        {
            // Some are disposed, some only forgotten.
            var cache = TestCache.Create(_clock);
            for (var key = 0; key < 5; key++)
            {
                Assert.True(cache.SetAsync($"k{key}", new byte[100], new EntryOptions { FreshFor = TimeSpan.FromHours(1) }).IsCompletedSuccessfully);
            }

            if (i % 2 == 0)
            {
                Assert.True(cache.DisposeAsync().IsCompletedSuccessfully);
            }

            dropped.Add(new WeakReference(cache));
        }

        return dropped;
    }
}
