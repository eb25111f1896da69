using Larder.Tests.Support;
using static Larder.Tests.Support.TestCache;

namespace Larder.Tests.Keys;

/// <summary>A key is what it spells, whatever shape it comes in.</summary>
public sealed class KeyShapesTests : IAsyncDisposable
{
    private readonly ICache _cache = TestCache.Create(new FakeClock());

    public ValueTask DisposeAsync() => _cache.DisposeAsync();

    [Fact]
    public async Task StringSpanAndInterpolation_SameText_AreTheSameEntry()
    {
        var id = 17;
        Assert.Equal("a", await _cache.GetOrCreateAsync($"item:{id}", Returns("a")));

        Assert.Equal("a", await _cache.GetOrCreateAsync("item:17", Never<string>()));
        Assert.Equal("a", await _cache.GetOrCreateAsync("item:17".AsSpan(), Never<string>()));
        Assert.Equal("a", await _cache.GetOrCreateAsync("xitem:17y".AsSpan(1, 7), Never<string>()));
        Assert.Equal("a", await _cache.GetOrCreateAsync($"item:{id}", 0, static (_, _) => Fails()));
        Assert.Equal("a", await _cache.GetOrCreateAsync("item:17".AsSpan(), 0, static (_, _) => Fails()));
        Assert.Equal("a", await _cache.GetOrCreateAsync($"item:{id}", 0, static (_, _, _) => Fails()));
        Assert.Equal("a", await _cache.GetOrCreateAsync("item:17".AsSpan(), 0, static (_, _, _) => Fails()));
        Assert.Equal("a", (await _cache.ResolveAsync($"item:{id}", Never<string>())).Value);
        Assert.Equal("a", (await _cache.ResolveAsync("item:17".AsSpan(), Never<string>())).Value);
        Assert.Equal("a", (await _cache.ResolveAsync($"item:{id}", 0, static (_, _) => Fails())).Value);
        Assert.Equal("a", (await _cache.ResolveAsync("item:17".AsSpan(), 0, static (_, _) => Fails())).Value);
        Assert.Equal("a", (await _cache.ResolveAsync($"item:{id}", 0, static (_, _, _) => Fails())).Value);
        Assert.Equal("a", (await _cache.ResolveAsync("item:17".AsSpan(), 0, static (_, _, _) => Fails())).Value);
        Assert.Equal("a", (await _cache.GetAsync<string>($"item:{id}")).Value);
        Assert.Equal("a", (await _cache.GetAsync<string>("item:17".AsSpan())).Value);
        Assert.True(_cache.TryGet<string>($"item:{id}", out _));
        Assert.True(_cache.TryGet<string>("item:17".AsSpan(), out _));
        Assert.Equal(1, _cache.Statistics.Entries);
    }

    [Fact]
    public async Task EveryShape_OnAMiss_StoresUnderTheText()
    {
        var n = 0;
        await _cache.GetOrCreateAsync("k0".AsSpan(), Returns(0));
        await _cache.GetOrCreateAsync($"k{++n}", Returns(1));
        await _cache.GetOrCreateAsync("k2".AsSpan(), 2, static (state, _) => new ValueTask<int>(state));
        await _cache.GetOrCreateAsync($"k{n = 3}", 3, static (state, _) => new ValueTask<int>(state));
        await _cache.GetOrCreateAsync("k4".AsSpan(), 4, static (state, _, _) => new ValueTask<int>(state));
        await _cache.GetOrCreateAsync($"k{n = 5}", 5, static (state, _, _) => new ValueTask<int>(state));
        await _cache.ResolveAsync("k6".AsSpan(), Returns(6));
        await _cache.ResolveAsync($"k{n = 7}", Returns(7));
        await _cache.ResolveAsync("k8".AsSpan(), 8, static (state, _) => new ValueTask<int>(state));
        await _cache.ResolveAsync($"k{n = 9}", 9, static (state, _) => new ValueTask<int>(state));
        await _cache.ResolveAsync("k10".AsSpan(), 10, static (state, _, _) => new ValueTask<int>(state));
        await _cache.ResolveAsync($"k{n = 11}", 11, static (state, _, _) => new ValueTask<int>(state));

        for (var i = 0; i < 12; i++)
        {
            Assert.True(_cache.TryGet<int>("k" + i, out var value));
            Assert.Equal(i, value);
        }
    }

    [Fact]
    public async Task Removals_ByEveryShape_RemoveTheEntry()
    {
        var id = 17;
        var removals = new Func<ICache, Task>[]
        {
            async cache => await cache.RemoveAsync("item:17"),
            async cache => await cache.RemoveAsync("item:17".AsSpan()),
            async cache => await cache.RemoveAsync($"item:{id}"),
            async cache => await cache.RemoveAsync(["item:17"]),
        };
        foreach (var remove in removals)
        {
            await _cache.SetAsync("item:17", "a");
            await remove(_cache);
            Assert.False(_cache.TryGet<string>("item:17", out _));
        }
    }

    [Fact]
    public async Task Slice_OfABufferThatChangesLater_KeepsTheKeyItSpelledThen()
    {
        var buffer = "xxkeyxx".ToCharArray();
        await _cache.GetOrCreateAsync(buffer.AsSpan(2, 3), Returns("v"));
        buffer.AsSpan().Fill('z');

        Assert.True(_cache.TryGet<string>("key", out _));
        Assert.False(_cache.TryGet<string>("zzz", out _));
    }

    [Fact]
    public async Task Slice_WithAndWithoutItsNeighbours_AreDifferentKeys()
    {
        const string text = "abcdef";
        await _cache.GetOrCreateAsync(text.AsSpan(0, 3), Returns("abc"));
        await _cache.GetOrCreateAsync(text.AsSpan(0, 4), Returns("abcd"));
        await _cache.GetOrCreateAsync(text.AsSpan(1, 3), Returns("bcd"));

        Assert.Equal("abc", await _cache.GetOrCreateAsync("abc", Never<string>()));
        Assert.Equal("abcd", await _cache.GetOrCreateAsync("abcd", Never<string>()));
        Assert.Equal("bcd", await _cache.GetOrCreateAsync("bcd", Never<string>()));
        Assert.Equal(3, _cache.Statistics.Entries);
    }

    [Fact]
    public async Task Keys_ThatDifferInCaseOrInComposition_AreDifferentKeys()
    {
        await _cache.SetAsync("Key", 1);
        await _cache.SetAsync("\u00e9", 2);

        Assert.False(await _cache.ExistsAsync("key"));
        Assert.False(await _cache.ExistsAsync("e\u0301"));
    }

    [Fact]
    public async Task LongInterpolation_BeyondTheBuffer_IsTheSameEntryAsItsString()
    {
        var filler = new string('x', 900);
        Assert.Equal("v", await _cache.GetOrCreateAsync($"{filler}:{1}", Returns("v")));
        Assert.Equal("v", await _cache.GetOrCreateAsync($"{filler}:{1}", Never<string>()));
        Assert.True(_cache.TryGet<string>(filler + ":1", out _));
    }

    private static ValueTask<string> Fails() => throw new InvalidOperationException("The source must not be asked here.");
}
