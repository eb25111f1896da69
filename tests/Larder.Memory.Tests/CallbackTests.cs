using System.Collections.Concurrent;
using Larder.Memory.Tests.Kit;

namespace Larder.Memory.Tests;

public sealed class CallbackTests : MapTest
{
    [Fact]
    public void OnEvicted_ThatThrows_IsCountedAndDoesNoHarm()
    {
        var map = Audited(new BoundedMap<int, int>(new BoundedMapOptions<int, int>
        {
            Capacity = 10,
            OnEvicted = (_, _, _) => throw new FormatException(),
        }));
        for (var i = 0; i < 100; i++)
        {
            Assert.True(map.Set(i, i));
        }

        Assert.Equal(10, map.Count);
        Assert.Equal(90, map.Statistics.CallbackFailures);
    }

    [Fact]
    public void OnEvicted_ThatStoresAgainAndAgainInline_DoesNotCallDeeper()
    {
        const int Calls = 30_000;
        BoundedMap<int, int>? map = null;
        var depths = new HashSet<int>();
        var calls = 0;
        map = Audited(new BoundedMap<int, int>(new BoundedMapOptions<int, int>
        {
            Capacity = 10,
            Scheduler = MapScheduler.Inline,
            OnEvicted = (key, value, _) =>
            {
                if (++calls % 1_000 == 0)
                {
                    depths.Add(new System.Diagnostics.StackTrace().FrameCount);
                }

                if (calls < Calls)
                {
                    map!.Set(key, value);
                }
            },
        }));
        for (var key = 0; key < 11; key++)
        {
            map.Set(key, key);
        }

        Assert.Equal(Calls, calls);
        Assert.Single(depths);
    }

    [Fact]
    public void OnEvicted_ThatCallsBackIntoTheMap_Works()
    {
        BoundedMap<int, int>? map = null;
        var told = new ConcurrentQueue<int>();
        map = Audited(new BoundedMap<int, int>(new BoundedMapOptions<int, int>
        {
            Capacity = 50,
            Scheduler = MapScheduler.Inline,
            OnEvicted = (key, _, _) =>
            {
                told.Enqueue(key);
                map!.TryGet(key + 1, out var _);
                map.TryRemove(key + 2, out int _);
                if (key >= 0)
                {
                    map.GetOrAdd(-key - 1, static k => k);
                }

                map.Maintain();
                _ = map.Statistics;
            },
        }));
        for (var i = 0; i < 500; i++)
        {
            map.Set(i, i);
        }

        Assert.True(map.Count <= 50);
        Assert.Equal(told.Count, told.Distinct().Count());
    }

    [Fact]
    public void OnEvicted_ThatStoresTheEvictedAgain_NeitherNestsNorNeverEnds()
    {
        BoundedMap<int, int>? map = null;
        var scheduler = new StalledScheduler();
        var depth = 0;
        var deepest = 0;
        var told = 0;
        map = Audited(new BoundedMap<int, int>(new BoundedMapOptions<int, int>
        {
            Capacity = 10,
            Scheduler = scheduler,
            OnEvicted = (key, value, _) =>
            {
                deepest = Math.Max(deepest, ++depth);
                told++;
                map!.Set(key, value);
                depth--;
            },
        }));
        for (var i = 0; i < 11; i++)
        {
            map.Set(i, i);
        }

        // The writer has come back although there is no end to it; the rest is the scheduler's.
        Assert.Equal(1, deepest);
        Assert.True(told > 10);
        Assert.True(scheduler.Waiting > 0);
        Assert.Equal(10, map.Count);
    }

    [Fact]
    public void OnEvicted_OfTwoMapsThatFeedEachOther_Works()
    {
        BoundedMap<int, int>? second = null;
        var lost = new ConcurrentQueue<int>();
        var first = Audited(new BoundedMap<int, int>(new BoundedMapOptions<int, int>
        {
            Capacity = 10,
            OnEvicted = (key, value, _) => second!.Set(key, value),
        }));
        second = Audited(new BoundedMap<int, int>(new BoundedMapOptions<int, int>
        {
            Capacity = 20,
            OnEvicted = (key, _, _) => lost.Enqueue(key),
        }));
        InParallel(4, number =>
        {
            for (var i = 0; i < 1000; i++)
            {
                first.Set((number * 1000) + i, i);
            }
        });

        Assert.Equal(10, first.Count);
        Assert.Equal(20, second.Count);
        Assert.Equal(4000 - 30, lost.Distinct().Count());
    }

    [Fact]
    public void OnEvicted_WhileItRuns_TheMapIsNotLocked()
    {
        BoundedMap<int, int>? map = null;
        var others = 0;
        map = Audited(new BoundedMap<int, int>(new BoundedMapOptions<int, int>
        {
            Capacity = 10,
            OnEvicted = (key, _, _) =>
            {
                if (key >= 0 && others < 5)
                {
                    // Another thread writes, evicts and maintains while this callback waits for it.
                    others++;
                    InParallel(1, _ =>
                    {
                        map!.Set(-100 - others, 1);
                        map.Maintain();
                    });
                }
            },
        }));
        for (var i = 0; i < 50; i++)
        {
            map.Set(i, i);
        }

        Assert.Equal(5, others);
    }

    [Fact]
    public void OnEvicted_ReplacedRemovedOrCleared_IsNotCalled()
    {
        var map = NewMap(10);
        map.Set("a", "1");
        map.Set("a", "2");
        map.TryRemove("a", out _);
        map.Set("b", "3");
        map.Clear();

        Assert.Empty(Evicted);
    }
}
