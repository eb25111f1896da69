using Larder.Memory.Tests.Kit;

namespace Larder.Memory.Tests;

public sealed class BoundedMapTests : MapTest
{
    [Fact]
    public void TryGet_StoredKey_AnswersItsValue()
    {
        var map = NewMap(10);

        Assert.False(map.TryGet("a", out _));
        Assert.True(map.Set("a", "1"));

        Assert.True(map.TryGet(new string("a"), out var value));
        Assert.Equal("1", value);
        Assert.True(map.ContainsKey("a"));
        Assert.False(map.ContainsKey("b"));
    }

    [Fact]
    public void Set_StoredKey_ReplacesTheValue()
    {
        var map = NewMap(10);

        map.Set("a", "1");
        map.Set("a", "2");

        Assert.True(map.TryGet("a", out var value));
        Assert.Equal("2", value);
        Assert.Equal(1, map.Count);
        Assert.Empty(Evicted);
    }

    [Fact]
    public void TryGet_Span_AnswersTheStoredKeyToo()
    {
        var map = NewMap(10);
        var key = new string("key".AsSpan());
        map.Set(key, "1");

        Assert.True(map.TryGet("a key here".AsSpan(2, 3), out var stored, out var value));
        Assert.Same(key, stored);
        Assert.Equal("1", value);
        Assert.True(map.TryGet("key".AsSpan(), out value));
        Assert.False(map.TryGet("kex".AsSpan(), out stored, out value));
        Assert.Null(stored);
        Assert.Null(value);
    }

    [Fact]
    public void TryGet_SpanOfEveryLength_FindsTheSameAsTheString()
    {
        var map = NewMap(1000);
        var text = string.Concat(Enumerable.Range(0, 80).Select(i => (char)('a' + (i % 26))));
        for (var length = 0; length <= text.Length; length++)
        {
            map.Set(text[..length], $"{length}");
        }

        for (var length = 0; length <= text.Length; length++)
        {
            Assert.True(map.TryGet(text.AsSpan(0, length), out var value));
            Assert.Equal($"{length}", value);
        }
    }

    [Fact]
    public void TryGet_SpanWithComparerForSpans_UsesTheComparer()
    {
        var map = Audited(new BoundedMap<string, int>(new BoundedMapOptions<string, int> { Comparer = StringComparer.OrdinalIgnoreCase }));

        map.Set("Key", 1);

        Assert.True(map.TryGet("kEY".AsSpan(), out var stored, out var value));
        Assert.Equal("Key", stored);
        Assert.Equal(1, value);
    }

    [Fact]
    public void TryGet_SpanWithComparerForStringsOnly_Throws()
    {
        var comparer = EqualityComparer<string>.Create((one, other) => one == other, key => key.Length);
        var map = Audited(new BoundedMap<string, int>(new BoundedMapOptions<string, int> { Comparer = comparer }));

        map.Set("key", 1);

        Assert.True(map.TryGet("key", out _));
        Assert.Throws<NotSupportedException>(() => map.TryGet("key".AsSpan(), out _));
    }

    [Fact]
    public void TryAdd_StoredKey_LeavesTheValue()
    {
        var map = NewMap(10);

        Assert.True(map.TryAdd("a", "1"));
        Assert.False(map.TryAdd("a", "2"));

        Assert.True(map.TryGet("a", out var value));
        Assert.Equal("1", value);
    }

    [Fact]
    public void GetOrAdd_MissingKey_MakesTheValueOnce()
    {
        var map = NewMap(10);
        var made = 0;

        var first = map.GetOrAdd("a", key => $"{key}{++made}");
        var second = map.GetOrAdd("a", (key, suffix) => $"{key}{suffix}{++made}", "x");

        Assert.Equal("a1", first);
        Assert.Equal("a1", second);
        Assert.Equal(1, made);
    }

    [Fact]
    public void GetOrAdd_FactoryThrows_StoresNothing()
    {
        var map = NewMap(10);

        Assert.Throws<FormatException>(() => map.GetOrAdd("a", _ => throw new FormatException()));

        Assert.False(map.ContainsKey("a"));
        Assert.Equal(0, map.Weight);
    }

    [Fact]
    public void GetOrAdd_ManyThreads_AllGetTheOneThatIsStored()
    {
        var map = Audited(new BoundedMap<string, object>(1000));
        var answers = new object[8];

        InParallel(8, number => answers[number] = map.GetOrAdd("a", _ => new object()));

        Assert.True(map.TryGet("a", out var stored));
        Assert.All(answers, answer => Assert.Same(stored, answer));
    }

    [Fact]
    public void TryRemove_StoredKey_AnswersTheRemovedValue()
    {
        var map = NewMap(10);
        map.Set("a", "1");

        Assert.True(map.TryRemove("a", out var value));
        Assert.Equal("1", value);
        Assert.False(map.TryRemove("a", out value));
        Assert.Equal(0, map.Count);
        Assert.Empty(Evicted);
    }

    [Fact]
    public void TryRemove_Comparand_RemovesOnlyThatReference()
    {
        var map = NewMap(10);
        var stored = new string("1".AsSpan());
        map.Set("a", stored);

        Assert.False(map.TryRemove("a", comparand: new string("1".AsSpan())));
        Assert.True(map.ContainsKey("a"));
        Assert.True(map.TryRemove("a", comparand: stored));
        Assert.False(map.ContainsKey("a"));
        Assert.False(map.TryRemove("a", comparand: stored));
    }

    [Fact]
    public void TryUpdate_Comparand_ReplacesOnlyThatReference()
    {
        var map = NewMap(10);
        var stored = new string("1".AsSpan());
        map.Set("a", stored);

        Assert.False(map.TryUpdate("a", "2", new string("1".AsSpan())));
        Assert.True(map.TryUpdate("a", "2", stored));
        Assert.False(map.TryUpdate("b", "2", stored));

        Assert.True(map.TryGet("a", out var value));
        Assert.Equal("2", value);
        Assert.False(map.ContainsKey("b"));
    }

    [Fact]
    public void TryUpdate_ValueType_ComparesByEquality()
    {
        var map = Audited(new BoundedMap<int, long>(10));
        map.Set(1, 10);

        Assert.False(map.TryUpdate(1, 30, 20));
        Assert.True(map.TryUpdate(1, 30, 10));

        Assert.True(map.TryGet(1, out var value));
        Assert.Equal(30, value);
    }

    [Fact]
    public void Set_NullValue_IsAValue()
    {
        var map = Audited(new BoundedMap<string, string?>(10));

        map.Set("a", null);

        Assert.True(map.TryGet("a", out var value));
        Assert.Null(value);
        Assert.True(map.TryRemove("a", comparand: null));
    }

    [Fact]
    public void Enumeration_OfAMap_HasEveryLiveEntry()
    {
        var map = NewMap(5000);
        for (var i = 0; i < 3000; i++)
        {
            map.Set($"{i}", $"{i}", i % 3 == 0 ? EntryExpiry.After(TimeSpan.FromSeconds(1)) : default);
        }

        Clock.Jump(TimeSpan.FromSeconds(2));

        var seen = map.ToDictionary();
        Assert.Equal(2000, seen.Count);
        Assert.All(seen, pair => Assert.True(pair.Key == pair.Value && int.Parse(pair.Key) % 3 != 0));
    }

    [Fact]
    public void Trim_ToAWeight_EvictsDownToItAndSaysSo()
    {
        var map = NewMap(5000);
        for (var i = 0; i < 3000; i++)
        {
            map.Set($"{i}", "");
        }

        map.Trim(100);

        Assert.Equal(100, map.Count);
        Assert.Equal(100, map.Weight);
        Assert.Equal(2900, map.Statistics.Trimmed);
        Assert.Equal(2900, Evicted.Count(eviction => eviction.Reason == EvictionReason.Trimmed));
        map.Trim(0);
        Assert.Equal(0, map.Count);
        Assert.True(map.Set("again", ""));
        Assert.True(map.ContainsKey("again"));
    }

    [Fact]
    public void Clear_OfAMap_LeavesNothingAndEvictsNothing()
    {
        var map = NewMap(5000);
        for (var i = 0; i < 3000; i++)
        {
            map.Set($"{i}", "", i % 2 == 0 ? EntryExpiry.After(TimeSpan.FromSeconds(1)) : default);
        }

        map.Clear();

        Assert.Equal(0, map.Count);
        Assert.Equal(0, map.Weight);
        Assert.Empty(map);
        Assert.Empty(Evicted);
        map.Set("1", "");
        Assert.Equal(1, map.Count);
    }

    [Fact]
    public void Statistics_OfAMap_CountWhatHappened()
    {
        var map = NewMap(2, (_, value) => value.Length);
        map.TryGet("a", out _);
        map.Set("a", "1");
        map.TryGet("a", out _);
        map.TryGet("a".AsSpan(), out _);
        map.Set("b", "1", EntryExpiry.After(TimeSpan.FromSeconds(1)));
        map.Set("c", "123");
        Clock.Advance(TimeSpan.FromSeconds(5));
        map.TryGet("b", out _);

        var statistics = map.Statistics;

        Assert.Equal(2, statistics.Hits);
        Assert.Equal(2, statistics.Misses);
        Assert.Equal(0.5, statistics.HitRatio);
        Assert.Equal(1, statistics.Expired);
        Assert.Equal(1, statistics.RefusedAsTooHeavy);
        Assert.Equal(1, statistics.Count);
        Assert.Equal(1, statistics.Weight);
        Assert.True(statistics.EstimatedBytes > 0);
    }

    [Fact]
    public void Statistics_EightThreads_LoseNoCount()
    {
        var map = Audited(new BoundedMap<int, int>(1000));
        for (var i = 0; i < 500; i++)
        {
            map.Set(i, i);
        }

        InParallel(8, _ =>
        {
            for (var i = 0; i < 20_000; i++)
            {
                map.TryGet(i % 1000, out var _);
            }
        });

        Assert.Equal(80_000, map.Statistics.Hits);
        Assert.Equal(80_000, map.Statistics.Misses);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(long.MaxValue)]
    public void Constructor_CapacityOutOfRange_Throws(long capacity)
    {
        var exception = Assert.Throws<ArgumentOutOfRangeException>(() => new BoundedMap<string, string>(capacity));
        Assert.Contains($"Capacity is {capacity}", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void EveryMember_NullKey_Throws()
    {
        var map = NewMap(10);

        Assert.Throws<ArgumentNullException>(() => map.TryGet(null!, out _));
        Assert.Throws<ArgumentNullException>(() => map.ContainsKey(null!));
        Assert.Throws<ArgumentNullException>(() => map.Set(null!, ""));
        Assert.Throws<ArgumentNullException>(() => map.TryAdd(null!, ""));
        Assert.Throws<ArgumentNullException>(() => map.TryUpdate(null!, "", ""));
        Assert.Throws<ArgumentNullException>(() => map.TryRemove(null!, out _));
        Assert.Throws<ArgumentNullException>(() => map.GetOrAdd(null!, key => key));
    }

    [Fact]
    public void Weigher_NegativeWeight_ThrowsAndStoresNothing()
    {
        var map = NewMap(10, (_, value) => value.Length - 2);

        var exception = Assert.Throws<InvalidOperationException>(() => map.Set("private", "1"));
        Assert.Contains("BoundedMapOptions.Weigher answered -1", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("private", exception.Message, StringComparison.Ordinal);
        Assert.True(map.Set("b", "12"));

        Assert.Equal(1, map.Weight);
        Assert.Equal(1, map.Count);
    }

    [Fact]
    public void Map_OfStructKeys_KeepsTheDefaultKeyApartFromAbsence()
    {
        var map = Audited(new BoundedMap<int, int>(100));
        for (var i = 1; i < 50; i++)
        {
            map.Set(i, i);
            map.TryRemove(i, out int _);
            Assert.False(map.TryGet(0, out var _));
        }

        map.Set(0, 7);
        Assert.True(map.TryGet(0, out var value));
        Assert.Equal(7, value);
    }
}
