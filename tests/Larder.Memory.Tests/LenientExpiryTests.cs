using Larder.Memory.Tests.Kit;

namespace Larder.Memory.Tests;

/// <summary>Entries that are dropped in time, though reads do not look at the clock; and maps that do not count their reads.</summary>
public sealed class LenientExpiryTests : MapTest
{
    private static readonly EntryExpiry TenSeconds = EntryExpiry.DroppedAfter(TimeSpan.FromSeconds(10));

    [Fact]
    public void Read_PastItsTimeButNotDropped_FindsTheEntryWithoutLookingAtTheClock()
    {
        var map = Create();
        map.Set("k", 1, TenSeconds);
        Clock.Jump(TimeSpan.FromSeconds(60));
        var reads = Clock.Reads;

        Assert.True(map.TryGet("k", out var value));
        Assert.True(map.TryGet("k".AsSpan(), out value));
        Assert.True(map.ContainsKey("k"));

        Assert.Equal((1, reads), (value, Clock.Reads));
    }

    [Fact]
    public void Maintenance_PastItsTime_DropsTheEntryAndSaysWhy()
    {
        var told = new List<string>();
        var map = Create((key, _, reason) => told.Add($"{key} {reason}"));
        map.Set("k", 1, TenSeconds);
        map.Set("other", 1, EntryExpiry.DroppedAfter(TimeSpan.FromHours(1)));

        Clock.Advance(TimeSpan.FromSeconds(9));
        Assert.Empty(told);
        Clock.Advance(TimeSpan.FromSeconds(4));

        Assert.Equal(["k Expired"], told);
        Assert.False(map.ContainsKey("k"));
        Assert.Equal((1, 1), (map.Count, map.Statistics.Expired));
    }

    [Fact]
    public void Writes_PastItsTimeButNotDropped_FindTheEntryToo()
    {
        var map = Create();
        map.Set("a", 1, TenSeconds);
        map.Set("b", 1, TenSeconds);
        map.Set("c", 1, TenSeconds);
        Clock.Jump(TimeSpan.FromSeconds(10));

        Assert.True(map.TryRemove("a", 1));
        Assert.True(map.TryUpdate("b", 2, comparand: 1));
        Assert.Equal(1, map.GetOrAdd("c", _ => 3));

        Assert.Equal(0, map.Statistics.Expired);
        Clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal((1, 1), (map.Count, map.Statistics.Expired));
    }

    [Fact]
    public void Replacing_ByAnEntryWithAnotherTime_CountsFromThere()
    {
        var map = Create();
        map.Set("k", 1, TenSeconds);
        Clock.Advance(TimeSpan.FromSeconds(8));
        map.Set("k", 2, TenSeconds);
        Clock.Advance(TimeSpan.FromSeconds(8));
        Assert.True(map.TryGet("k", out var value));
        Assert.Equal(2, value);

        Clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(0, map.Count);
    }

    [Fact]
    public void UncountedReads_StillTellThePolicyWhatIsPopular()
    {
        var map = Audited(new BoundedMap<string, int>(new BoundedMapOptions<string, int>
        {
            Capacity = 100,
            CountsReads = false,
            Random = new Random(1),
            Scheduler = MapScheduler.Inline,
        }));
        for (var i = 0; i < 50; i++)
        {
            map.Set($"popular{i}", i);
        }

        for (var round = 0; round < 5; round++)
        {
            for (var i = 0; i < 50; i++)
            {
                Assert.True(map.TryGet($"popular{i}", out _));
                Assert.False(map.TryGet($"absent{i}", out _));
            }
        }

        for (var i = 0; i < 1_000; i++)
        {
            map.Set($"once{i}", i);
        }

        Assert.True(Enumerable.Range(0, 50).Count(i => map.ContainsKey($"popular{i}")) >= 45);
        Assert.Equal((0, 0), (map.Statistics.Hits, map.Statistics.Misses));
    }

    private BoundedMap<string, int> Create(Action<string, int, EvictionReason>? onEvicted = null) =>
        Audited(new BoundedMap<string, int>(new BoundedMapOptions<string, int> { Capacity = 100, TimeProvider = Clock, OnEvicted = onEvicted }));
}
