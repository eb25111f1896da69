using Larder.Memory.Scheduling;
using Larder.Memory.Tests.Kit;

namespace Larder.Memory.Tests;

public sealed class ExpiryTests : MapTest
{
    [Fact]
    public void TryGet_AfterTheTime_FindsNothingToTheMillisecond()
    {
        var map = NewMap(10);
        map.Set("a", "1", EntryExpiry.After(TimeSpan.FromSeconds(10)));

        Clock.Jump(TimeSpan.FromMilliseconds(9_999));
        Assert.True(map.TryGet("a", out _));
        Clock.Jump(TimeSpan.FromMilliseconds(1));
        Assert.False(map.TryGet("a", out _));
        Assert.False(map.TryGet("a".AsSpan(), out _));
        Assert.False(map.ContainsKey("a"));
        Assert.Empty(map);
    }

    [Fact]
    public void TryGet_SlidingEntry_LivesWhileItIsRead()
    {
        var map = NewMap(10);
        map.Set("a", "1", EntryExpiry.Sliding(TimeSpan.FromSeconds(10)));

        for (var i = 0; i < 10; i++)
        {
            Clock.Jump(TimeSpan.FromMilliseconds(9_999));
            Assert.True(map.TryGet("a", out _));
            map.Maintain();
        }

        Clock.Jump(TimeSpan.FromSeconds(10));
        Assert.False(map.TryGet("a", out _));
    }

    [Fact]
    public void ContainsKey_SlidingEntry_DoesNotProlongIt()
    {
        var map = NewMap(10);
        map.Set("a", "1", EntryExpiry.Sliding(TimeSpan.FromSeconds(10)));

        Clock.Jump(TimeSpan.FromSeconds(6));
        Assert.True(map.ContainsKey("a"));
        Assert.Single(map);
        Clock.Jump(TimeSpan.FromSeconds(6));
        Assert.False(map.ContainsKey("a"));
    }

    [Fact]
    public void TryGet_SlidingEntryWithAnEnd_DiesAtTheEnd()
    {
        var map = NewMap(10);
        map.Set("a", "1", new EntryExpiry(TimeSpan.FromSeconds(25), TimeSpan.FromSeconds(10)));

        for (var i = 0; i < 4; i++)
        {
            Clock.Jump(TimeSpan.FromSeconds(6));
            Assert.True(map.TryGet("a", out _));
        }

        Clock.Jump(TimeSpan.FromSeconds(1));
        Assert.False(map.TryGet("a", out _));
    }

    [Fact]
    public void Set_AgainWithoutExpiry_NeverExpires()
    {
        var map = NewMap(10);
        map.Set("a", "1", EntryExpiry.After(TimeSpan.FromSeconds(1)));
        map.Set("a", "2");

        Clock.Advance(TimeSpan.FromDays(30));
        map.Maintain();

        Assert.True(map.TryGet("a", out _));
    }

    [Fact]
    public void TryAdd_OverAnExpiredEntry_StoresAndReportsTheExpiredOne()
    {
        var map = NewMap(10);
        map.Set("a", "1", EntryExpiry.After(TimeSpan.FromSeconds(1)));
        Clock.Jump(TimeSpan.FromSeconds(1));

        Assert.True(map.TryAdd("a", "2"));

        Assert.Equal(("a", "1", EvictionReason.Expired), Assert.Single(Evicted));
        Assert.Equal("2", map.GetOrAdd("a", _ => "3"));
    }

    [Fact]
    public void TryRemoveAndTryUpdate_OfAnExpiredEntry_FindNothing()
    {
        var map = NewMap(10);
        map.Set("a", "1", EntryExpiry.After(TimeSpan.FromSeconds(1)));
        map.Set("b", "2", EntryExpiry.After(TimeSpan.FromSeconds(1)));
        map.Set("c", "3", EntryExpiry.After(TimeSpan.FromSeconds(1)));
        Clock.Jump(TimeSpan.FromSeconds(1));

        Assert.False(map.TryRemove("a", out _));
        Assert.False(map.TryUpdate("b", "4", "2"));
        Assert.False(map.TryRemove("c", comparand: "3"));

        Assert.Equal(3, Evicted.Count(eviction => eviction.Reason == EvictionReason.Expired));
        Assert.Equal(0, map.Weight);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void EntryExpiry_TimeNotMoreThanZero_Throws(int seconds)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => EntryExpiry.After(TimeSpan.FromSeconds(seconds)));
        Assert.Throws<ArgumentOutOfRangeException>(() => EntryExpiry.Sliding(TimeSpan.FromSeconds(seconds)));
    }

    [Fact]
    public void EntryExpiry_LessThanAMillisecond_IsOneMillisecond()
    {
        var map = NewMap(10);
        map.Set("a", "1", EntryExpiry.After(TimeSpan.FromTicks(1)));

        Assert.True(map.TryGet("a", out _));
        Clock.Jump(TimeSpan.FromMilliseconds(1));
        Assert.False(map.TryGet("a", out _));
    }

    [Fact]
    public void EntryExpiry_TheLongestTime_IsForEver()
    {
        var map = NewMap(10);
        map.Set("a", "1", EntryExpiry.After(TimeSpan.MaxValue));
        map.Set("b", "1", EntryExpiry.Sliding(TimeSpan.MaxValue));

        Clock.Advance(TimeSpan.FromDays(400));

        Assert.True(map.TryGet("a", out _));
        Assert.True(map.TryGet("b", out _));
    }

    [Fact]
    public void TryGet_NoEntryExpires_ReadsNoClock()
    {
        var map = NewMap(1000);
        for (var i = 0; i < 500; i++)
        {
            map.Set($"{i}", "");
        }

        var before = Clock.Reads;
        for (var i = 0; i < 5000; i++)
        {
            map.TryGet($"{i % 1000}", out _);
        }

        Assert.Equal(before, Clock.Reads);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(70)]
    [InlineData(4_000)]
    [InlineData(4_300)]
    [InlineData(90_000)]
    [InlineData(200_000)]
    [InlineData(700_000)]
    public void Sweep_IdleMap_DropsWhatHasExpiredWithinSeconds(int seconds)
    {
        var map = NewMap(10);
        map.Set("a", "1", EntryExpiry.After(TimeSpan.FromSeconds(seconds)));
        map.Set("b", "1", EntryExpiry.After(TimeSpan.FromDays(3000)));

        Clock.Advance(TimeSpan.FromSeconds(seconds - 1));
        Assert.Equal(2, map.Count);
        Clock.Advance(TimeSpan.FromSeconds(4));

        Assert.Equal(1, map.Count);
        Assert.Equal(("a", "1", EvictionReason.Expired), Assert.Single(Evicted));
    }

    [Fact]
    public void Sweep_NothingLeftToExpire_StopsTheTimer()
    {
        var map = NewMap(10);
        Assert.Equal(0, Clock.Timers);
        map.Set("a", "1", EntryExpiry.After(TimeSpan.FromSeconds(5)));
        Assert.Equal(1, Clock.Timers);

        Clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(0, Clock.Timers);

        map.Set("a", "1", EntryExpiry.After(TimeSpan.FromSeconds(5)));
        Assert.Equal(1, Clock.Timers);
        Clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(0, map.Count);
    }

    [Fact]
    public void Sweep_ManyMaps_ShareOneTimer()
    {
        var maps = Enumerable.Range(0, 100).Select(_ => NewMap(10)).ToList();
        maps.ForEach(map => map.Set("a", "1", EntryExpiry.After(TimeSpan.FromSeconds(5))));

        Assert.Equal(1, Clock.Timers);
        Assert.Equal(100, SweepTimer.For(Clock).Members);
        Clock.Advance(TimeSpan.FromSeconds(10));
        Assert.All(maps, map => Assert.Equal(0, map.Count));
    }

    [Fact]
    public void Expiry_AMillionEntriesAtOnce_AreDroppedInPiecesAndAllReported()
    {
        const int entries = 1_000_000;
        var scheduler = new StalledScheduler();
        var expired = 0;
        var map = Audited(new BoundedMap<int, int>(new BoundedMapOptions<int, int>
        {
            Capacity = entries,
            TimeProvider = Clock,
            Scheduler = scheduler,
            OnEvicted = (_, _, reason) => expired += reason == EvictionReason.Expired ? 1 : 0,
        }));
        for (var i = 0; i < entries; i++)
        {
            map.Set(i, i, EntryExpiry.After(TimeSpan.FromSeconds(100)));
        }

        Clock.Jump(TimeSpan.FromSeconds(102));
        map.Set(-1, 0);

        // The writer has done its share and left the rest to the scheduler.
        Assert.InRange(map.Count, entries - 3000, entries);
        Assert.Equal(1, scheduler.Waiting);
        while (scheduler.RunOne())
        {
        }

        Assert.Equal(1, map.Count);
        Assert.Equal(entries, expired);
    }

    [Fact]
    public void Clock_JumpsForwardByYears_ExpiresEverythingAndGoesOn()
    {
        var map = NewMap(1000);
        for (var i = 0; i < 500; i++)
        {
            map.Set($"{i}", "", EntryExpiry.After(TimeSpan.FromMinutes(i + 1)));
        }

        Clock.Jump(TimeSpan.FromDays(5000));
        map.Maintain();

        Assert.Equal(0, map.Count);
        map.Set("a", "", EntryExpiry.After(TimeSpan.FromSeconds(2)));
        Clock.Jump(TimeSpan.FromSeconds(4));
        map.Maintain();
        Assert.Equal(0, map.Count);
    }

    [Fact]
    public void Clock_JumpsBack_ExpiresNothingTooEarly()
    {
        var map = NewMap(1000);
        map.Set("a", "", EntryExpiry.After(TimeSpan.FromSeconds(10)));
        map.Maintain();
        Clock.Jump(TimeSpan.FromHours(-1));
        map.Set("b", "", EntryExpiry.After(TimeSpan.FromSeconds(10)));
        map.Maintain();

        Assert.True(map.TryGet("a", out _));
        Assert.True(map.TryGet("b", out _));
        AssertSound(map);
        Clock.Jump(TimeSpan.FromSeconds(11));
        Assert.False(map.TryGet("b", out _));
        Clock.Jump(TimeSpan.FromHours(2));
        map.Maintain();
        Assert.Equal(0, map.Count);
    }

    [Theory]
    [InlineData(-1_000)]
    [InlineData(-50_000_000)]
    public void Clock_ThatBeginsBelowZero_ExpiresInTime(int milliseconds)
    {
        Clock.Jump(TimeSpan.FromDays(-365) + TimeSpan.FromMilliseconds((long)milliseconds));
        var map = NewMap(1000);
        map.Set("after", "", EntryExpiry.After(TimeSpan.FromMilliseconds(800)));
        map.Set("sliding", "", EntryExpiry.Sliding(TimeSpan.FromMilliseconds(800)));
        map.Set("for ever", "", EntryExpiry.Sliding(TimeSpan.MaxValue));
        Assert.True(map.TryGet("sliding", out _));
        Assert.True(map.TryGet("for ever", out _));

        Clock.Jump(TimeSpan.FromMilliseconds(800));

        Assert.False(map.TryGet("after", out _));
        Assert.False(map.TryGet("sliding", out _));
        Clock.Jump(TimeSpan.FromSeconds(3));
        map.Maintain();
        Assert.Equal("for ever", Assert.Single(map).Key);
        Assert.Equal(1, map.Count);
    }

    [Fact]
    public void Prolong_AgainstExpire_NeverDropsWhatAReaderHasJustProlonged()
    {
        // Readers keep the entries alive while others expire them as hard as they can: a hit means that the entry stays.
        var map = Audited(new BoundedMap<int, string>(new BoundedMapOptions<int, string> { Capacity = 100, TimeProvider = Clock }));
        InParallel(4, number =>
        {
            for (var i = 0; i < 20_000; i++)
            {
                var key = i % 10;
                if (number == 0)
                {
                    Clock.Jump(TimeSpan.FromMilliseconds(3));
                    map.Maintain();
                }
                else if (map.TryGet(key, out var value))
                {
                    Assert.Equal("x", value);
                }
                else
                {
                    map.TryAdd(key, "x", EntryExpiry.Sliding(TimeSpan.FromMilliseconds(20)));
                }
            }
        });
    }
}
