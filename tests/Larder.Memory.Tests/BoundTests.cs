using Larder.Memory.Tests.Kit;

namespace Larder.Memory.Tests;

/// <summary>The bound is never passed by more than one percent and one entry.</summary>
public sealed class BoundTests : MapTest
{
    private const int Largest = 1 << 20;

    [Fact]
    public void Weight_SixteenWritersOfMixedSizes_StaysWithinOnePercentAndOneEntry()
    {
        const long capacity = 64L << 20;
        var sizes = new int[1000];
        var random = new Random(7);
        for (var i = 0; i < sizes.Length; i++)
        {
            sizes[i] = (int)(64 * Math.Pow(Largest / 64.0, random.NextDouble()));
        }

        var map = Audited(new BoundedMap<int, int>(new BoundedMapOptions<int, int> { Capacity = capacity, Weigher = static (_, size) => size }));
        long worst = 0;
        var isOver = false;
        var watcher = new Thread(() =>
        {
            while (!Volatile.Read(ref isOver))
            {
                worst = Math.Max(worst, map.Weight);
            }
        });
        watcher.Start();
        InParallel(16, number =>
        {
            var random = new Random(number);
            for (var i = 0; i < 4000; i++)
            {
                var size = i % 50 == 0 ? Largest : sizes[random.Next(sizes.Length)];
                Assert.True(map.Set(random.Next(3000), size));
                InterlockedMax(ref worst, map.Weight);
            }
        });
        Volatile.Write(ref isOver, true);
        watcher.Join();

        Assert.InRange(worst, capacity / 2, capacity + (capacity / 100) + Largest);
        Assert.InRange(map.Weight, 0, capacity);
        Assert.Equal(map.Sum(pair => (long)pair.Value), map.Weight);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(100)]
    [InlineData(5000)]
    public void Count_SixteenWriters_StaysWithinOnePercentAndOneEntry(int capacity)
    {
        var map = Audited(new BoundedMap<int, int>(capacity));
        long worst = 0;
        InParallel(16, number =>
        {
            for (var i = 0; i < 5000; i++)
            {
                map.Set((number * 100_000) + i, i);
                InterlockedMax(ref worst, map.Weight);
            }
        });

        Assert.InRange(worst, capacity, capacity + (capacity / 100) + 1);
        Assert.Equal(capacity, map.Count);
    }

    [Fact]
    public void Set_OneThread_EndsWithinTheBoundEveryTime()
    {
        var map = NewMap(100);
        for (var i = 0; i < 5000; i++)
        {
            map.Set($"{i}", "");
            Assert.True(map.Count <= 100);
        }
    }

    [Fact]
    public void Set_AnUpdateThatGrows_EvictsOthersAtOnce()
    {
        var map = NewMap(100, static (_, value) => value.Length);
        for (var i = 0; i < 10; i++)
        {
            map.Set($"{i}", new string('x', 10));
        }

        map.TryGet("5", out _);
        Assert.True(map.Set("5", new string('y', 95)));

        Assert.True(map.Weight <= 100);
        AssertSound(map);
    }

    [Fact]
    public void Set_ValueHeavierThanTheBound_IsRefusedAndTakesTheOldValueAlong()
    {
        var map = NewMap(100, static (_, value) => value.Length);
        map.Set("a", "old");
        map.Set("b", "other");

        Assert.False(map.Set("a", new string('x', 101)));

        Assert.False(map.ContainsKey("a"));
        Assert.True(map.ContainsKey("b"));
        var refused = Assert.Single(Evicted);
        Assert.Equal(("a", EvictionReason.TooHeavy), (refused.Key, refused.Reason));
        Assert.True(map.Set("c", new string('x', 100)));
        Assert.True(map.Weight <= 100);
    }

    [Fact]
    public void TryUpdateAndGetOrAdd_ValueHeavierThanTheBound_AreRefused()
    {
        var map = NewMap(100, static (_, value) => value.Length);
        var heavy = new string('x', 101);
        map.Set("a", "old");
        map.Set("b", "stays");

        Assert.True(map.TryUpdate("a", heavy, "old"));
        Assert.False(map.TryUpdate("b", heavy, "other"));
        Assert.False(map.TryAdd("c", heavy));
        Assert.False(map.TryAdd("b", heavy));
        Assert.Same(heavy, map.GetOrAdd("d", _ => heavy));

        Assert.Equal("b", Assert.Single(map).Key);
        Assert.Equal(3, map.Statistics.RefusedAsTooHeavy);
        Assert.Equal(["a", "c", "d"], Evicted.Select(eviction => eviction.Key).Order());
    }

    [Fact]
    public void Set_DistinctKeysFromEightThreads_LosesNoneWithoutAReason()
    {
        const int perThread = 20_000;
        var reasons = new int[8 * perThread];
        var map = Audited(new BoundedMap<int, int>(new BoundedMapOptions<int, int>
        {
            Capacity = 3000,
            OnEvicted = (key, _, _) => Interlocked.Increment(ref reasons[key]),
        }));
        InParallel(8, number =>
        {
            for (var i = 0; i < perThread; i++)
            {
                Assert.True(map.Set((number * perThread) + i, i, i % 5 == 0 ? EntryExpiry.After(TimeSpan.FromHours(1)) : default));
            }
        });
        map.Maintain();

        var present = map.Select(pair => pair.Key).ToHashSet();
        for (var key = 0; key < reasons.Length; key++)
        {
            Assert.Equal(present.Contains(key) ? 0 : 1, reasons[key]);
        }

        Assert.Equal(reasons.Length - present.Count, map.Statistics.EvictedForCapacity);
    }

    [Fact]
    public void Set_MapWithRoom_LosesNothingAtAll()
    {
        var map = Audited(new BoundedMap<int, int>(100_000));
        InParallel(8, number =>
        {
            for (var i = 0; i < 10_000; i++)
            {
                var key = (number * 10_000) + i;
                map.Set(key, i);
                Assert.True(map.TryGet(key, out var value) && value == i);
            }
        });

        Assert.Equal(80_000, map.Count);
    }

    private static void InterlockedMax(ref long location, long value)
    {
        var seen = Volatile.Read(ref location);
        while (value > seen && Interlocked.CompareExchange(ref location, value, seen) is var now && now != seen)
        {
            seen = now;
        }
    }
}
