using Larder.Tests.Support;
using static Larder.Tests.Support.TestCache;

namespace Larder.Tests.Keys;

/// <summary>The most natural call of all compiles: an interpolated key and tags written in place.</summary>
public sealed class InterpolatedTagsTests : IAsyncDisposable
{
    private readonly ICache _cache = TestCache.Create(new FakeClock());

    public ValueTask DisposeAsync() => _cache.DisposeAsync();

    [Fact]
    public async Task InterpolatedKeyWithTagsInPlace_StoresUnderBoth()
    {
        var id = 7;
        Assert.Equal("v", await _cache.GetOrCreateAsync($"k{id}", Returns("v"), tags: ["a", $"b{id}"]));
        Assert.Equal("v", (await _cache.ResolveAsync($"k{id}", id, static (_, _) => new ValueTask<string>("w"), tags: ["a"])).Value);
        Assert.Equal("x", await _cache.For<string>("p:").GetOrCreateAsync($"k{id}", Returns("x"), tags: ["a"]));

        await _cache.RemoveByTagAsync("b7");

        Assert.False(_cache.TryGet<string>($"k{id}", out _));
        Assert.True(_cache.For<string>("p:").TryGet($"k{id}", out _));
    }
}
