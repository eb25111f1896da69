using Larder.Memory.Maintenance;
using Larder.Memory.Tests.Kit;

namespace Larder.Memory.Tests;

/// <summary>What has failed in other libraries, by name.</summary>
public sealed class RegressionTests : MapTest
{
    [Fact]
    public void Keys_ReusedUnderWritePressure_NeverAnswerAnotherKeysValue()
    {
        var map = Audited(new BoundedMap<int, (int Key, int Round)>(64));
        InParallel(8, number =>
        {
            for (var i = 0; i < 30_000; i++)
            {
                var key = (i * 7) % 128;
                if ((i + number) % 3 == 0)
                {
                    map.Set(key, (key, i));
                }
                else if (map.TryGet(key, out var value))
                {
                    Assert.Equal(key, value.Key);
                }
            }
        });
    }

    [Fact]
    public void Weight_UpdatesOfAllSizesAndRemovals_NeverGoesNegativeNorAdrift()
    {
        var map = Audited(new BoundedMap<int, string>(new BoundedMapOptions<int, string>
        {
            Capacity = 2000,
            Weigher = static (_, value) => value.Length,
        }));
        InParallel(8, number =>
        {
            var random = new Random(number);
            for (var i = 0; i < 20_000; i++)
            {
                var key = random.Next(50);
                if (random.Next(3) == 0)
                {
                    map.TryRemove(key, out string? _);
                }
                else
                {
                    map.Set(key, new string('x', random.Next(1, 300)));
                }

                Assert.InRange(map.Weight, 0, 2000 + 20 + 300);
            }
        });
        foreach (var key in Enumerable.Range(0, 50))
        {
            map.TryRemove(key, out string? _);
        }

        Assert.Equal(0, map.Weight);
        Assert.Equal(0, map.Count);
    }

    [Fact]
    public void Key_AddedRemovedAndAddedAgain_IsThereOnce()
    {
        var map = NewMap(100);
        for (var i = 0; i < 1000; i++)
        {
            Assert.True(map.TryAdd("a", $"{i}"));
            Assert.True(map.TryRemove("a", out _));
        }

        Assert.True(map.TryAdd("a", "last"));
        Assert.Equal(1, map.Count);
        Assert.Equal(1, map.Weight);
        AssertSound(map);
        var busy = Audited(new BoundedMap<int, int>(100));
        InParallel(8, _ =>
        {
            for (var i = 0; i < 20_000; i++)
            {
                busy.TryAdd(1, i);
                busy.TryRemove(1, out int _);
            }
        });
        Assert.Equal(0, busy.Count);
    }

    [Fact]
    public void WriteQueue_FullWhileTheLockIsHeldAndTheSchedulerStalls_BlocksOnlyWritersAndLosesNothing()
    {
        const int writers = 4;
        const int perWriter = 500;
        var map = NewMap(1_000_000, scheduler: new StalledScheduler());
        using var release = new ManualResetEventSlim();
        using var held = new ManualResetEventSlim();
        var holder = new Thread(() => map.Keeper.Inspect(() =>
        {
            held.Set();
            release.Wait();
            return 0;
        }));
        holder.Start();
        held.Wait();

        // Nobody waits until the queue is full.
        for (var i = 0; i < Keeper<string, string>.MostPending; i++)
        {
            map.Set($"first{i}", "1");
        }

        var running = Enumerable.Range(0, writers).Select(number => new Thread(() =>
        {
            for (var i = 0; i < perWriter; i++)
            {
                map.Set($"{number}.{i}", "1");
            }
        })).ToList();
        running.ForEach(thread => thread.Start());

        // Readers see what has been acknowledged, whatever the lock.
        for (var i = 0; i < Keeper<string, string>.MostPending; i++)
        {
            Assert.True(map.TryGet($"first{i}", out _));
        }

        Assert.Equal(Keeper<string, string>.MostPending, map.Table.Pending);
        release.Set();
        holder.Join();
        running.ForEach(thread => thread.Join());
        Assert.Equal(Keeper<string, string>.MostPending + (writers * perWriter), map.Count);
    }

    [Fact]
    public void Lock_HeldByASleepingMaintainer_LeavesTheMapReadableAndWritable()
    {
        var map = NewMap(1000);
        map.Set("a", "1");
        map.Keeper.Inspect(() =>
        {
            InParallel(1, _ =>
            {
                Assert.True(map.TryGet("a", out var _));
                map.Set("b", "2");
                Assert.True(map.TryGet("b", out var _));
                Assert.True(map.TryRemove("a", out var _));
                Assert.False(map.TryGet("a", out var _));
                Assert.True(map.TryAdd("a", "3"));
            });
            return 0;
        });

        Assert.True(map.TryGet("a", out var value));
        Assert.Equal("3", value);
    }

    [Fact]
    public void Writer_StuckInsideItsSegment_LeavesEveryKeyReadable()
    {
        using var isStuck = new ManualResetEventSlim();
        using var release = new ManualResetEventSlim();
        var stuckThread = 0;
        var comparer = EqualityComparer<string>.Create(
            (one, other) =>
            {
                if (Environment.CurrentManagedThreadId == Volatile.Read(ref stuckThread))
                {
                    isStuck.Set();
                    release.Wait();
                }

                return string.Equals(one, other, StringComparison.Ordinal);
            },
            static key => string.GetHashCode(key, StringComparison.Ordinal));
        var map = Audited(new BoundedMap<string, int>(new BoundedMapOptions<string, int> { Capacity = 100, Comparer = comparer }));
        for (var i = 0; i < 50; i++)
        {
            map.Set($"{i}", i);
        }

        var writer = new Thread(() =>
        {
            Volatile.Write(ref stuckThread, Environment.CurrentManagedThreadId);
            map.Set("7", 700);
        });
        writer.Start();
        isStuck.Wait();
        for (var i = 0; i < 50; i++)
        {
            Assert.True(map.TryGet($"{i}", out var value) && value == i);
        }

        release.Set();
        writer.Join();
        Volatile.Write(ref stuckThread, 0);
        Assert.True(map.TryGet("7", out var changed) && changed == 700);
    }

    [Fact]
    public void Comparer_ThatThrows_LeavesTheMapSound()
    {
        var mustThrow = false;
        var comparer = EqualityComparer<string>.Create(
            (one, other) => mustThrow ? throw new FormatException() : one == other,
            static _ => 1);
        var map = Audited(new BoundedMap<string, string>(new BoundedMapOptions<string, string> { Capacity = 100, Comparer = comparer }));
        map.Set("a", "1");
        mustThrow = true;

        Assert.Throws<FormatException>(() => map.Set("b", "2"));
        Assert.Throws<FormatException>(() => map.TryRemove("a", out string? _));

        mustThrow = false;
        Assert.Equal(1, map.Weight);
        Assert.True(map.Set("b", "2"));
        Assert.Equal(2, map.Count);
    }

    [Fact]
    public void Keys_ThatAllCollide_AreToldApartAndEvictable()
    {
        var comparer = EqualityComparer<string>.Create((one, other) => one == other, static _ => 42);
        var map = Audited(new BoundedMap<string, string>(new BoundedMapOptions<string, string> { Capacity = 100, Comparer = comparer }));
        for (var i = 0; i < 1000; i++)
        {
            map.Set($"{i}", $"{i}", i % 2 == 0 ? EntryExpiry.After(TimeSpan.FromHours(1)) : default);
            Assert.True(map.Count <= 101);
        }

        Assert.Equal(100, map.Count);
        Assert.All(map, pair => Assert.Equal(pair.Key, pair.Value));
        foreach (var (key, _) in map.ToList())
        {
            Assert.True(map.TryRemove(key, out string? _));
        }

        Assert.Equal(0, map.Count);
    }

    [Fact]
    public void Keys_ChosenToCollideInTheSketch_DoNotKeepNewcomersOutForEver()
    {
        // The attacker's keys share one hash, so one hit key makes all of them look hot, and they fill the main part.
        var comparer = EqualityComparer<string>.Create(
            (one, other) => one == other,
            static key => key.StartsWith("evil", StringComparison.Ordinal) ? 1 : string.GetHashCode(key, StringComparison.Ordinal));
        var map = Audited(new BoundedMap<string, string>(new BoundedMapOptions<string, string>
        {
            Capacity = 100,
            Comparer = comparer,
            Random = new Random(1),
            Scheduler = MapScheduler.Inline,
            ConcurrencyLevel = 1,
        }));
        for (var round = 0; round < 20; round++)
        {
            for (var i = 0; i < 100; i++)
            {
                map.GetOrAdd($"evil{i}", key => key);
            }
        }

        var hits = 0;
        for (var round = 0; round < 400; round++)
        {
            for (var i = 0; i < 50; i++)
            {
                hits += map.TryGet($"good{i}", out _) ? 1 : 0;
                map.GetOrAdd($"good{i}", key => key);
            }
        }

        Assert.True(hits > 400 * 50 / 2, $"{hits} hits of {400 * 50}");
    }

    [Fact]
    public void Strings_OfOneLengthAndManyZeros_SpreadOverTheTable()
    {
        var map = Audited(new BoundedMap<string, int>(100_000));
        for (var i = 0; i < 50_000; i++)
        {
            map.Set($"{new string('\0', i % 7)}{i:D8}{new string('\0', 9)}", i);
        }

        var hashes = map.Select(pair => map.Table.Hash(pair.Key)).ToHashSet();
        Assert.InRange(hashes.Count, 49_950, 50_000);
    }
}
