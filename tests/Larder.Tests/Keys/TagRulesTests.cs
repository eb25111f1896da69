using Larder.Tests.Support;
using static Larder.Tests.Support.TestCache;

namespace Larder.Tests.Keys;

/// <summary>Tags that are refused, and the one that stands for everything.</summary>
public sealed class TagRulesTests : IAsyncDisposable
{
    private readonly ICache _cache = TestCache.Create(new FakeClock());

    public ValueTask DisposeAsync() => _cache.DisposeAsync();

    // Not as attributes, which would turn the lone surrogate into a replacement character.
    public static TheoryData<string, string> BadTags => new()
    {
        { "", "empty" },
        { "secret\t", "U+0009 at position 6" },
        { "secret\ud83d", "half a surrogate pair at position 6" },
    };

    [Theory]
    [MemberData(nameof(BadTags), DisableDiscoveryEnumeration = true)]
    public async Task BadTag_EveryVerbThatTakesTags_RefusesIt(string tag, string expected)
    {
        var verbs = new Func<Task>[]
        {
            async () => await _cache.GetOrCreateAsync("k", Never<string>(), tags: ["good", tag]),
            async () => await _cache.ResolveAsync("k", Never<string>(), tags: [tag]),
            async () => await _cache.SetAsync("k", "v", tags: [tag]),
            async () => await _cache.RemoveByTagAsync(tag),
            async () => await _cache.RemoveByTagAsync(["good", tag]),
            async () => await _cache.GetOrCreateAsync("k", tag, static (tag, entry, _) =>
            {
                entry.AddTag(tag);
                return new ValueTask<string>("v");
            }),
        };
        foreach (var verb in verbs)
        {
            var thrown = await Assert.ThrowsAnyAsync<ArgumentException>(verb);
            Assert.Contains(expected, thrown.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("secret", thrown.Message, StringComparison.Ordinal);
        }

        Assert.False(_cache.TryGet<string>("k", out _));
    }

    [Fact]
    public async Task TooLongTag_IsRefused_AndTheLongestIsNot()
    {
        await _cache.SetAsync("k", "v", tags: [new string('t', 1_024)]);
        await _cache.RemoveByTagAsync(new string('t', 1_024));
        Assert.False(_cache.TryGet<string>("k", out _));

        Assert.Throws<ArgumentException>(() => { _ = _cache.SetAsync("k", "v", tags: [new string('t', 1_025)]); });
    }

    [Fact]
    public void NullTag_IsRefused()
    {
        Assert.ThrowsAny<ArgumentException>(() => { _ = _cache.SetAsync("k", "v", tags: [null!]); });
        Assert.ThrowsAny<ArgumentException>(() => { _ = _cache.GetOrCreateAsync("k", Never<string>(), tags: [null!]); });
        Assert.ThrowsAny<ArgumentException>(() => { _ = _cache.RemoveByTagAsync((string)null!); });
        Assert.ThrowsAny<ArgumentException>(() => { _ = _cache.RemoveByTagAsync((IEnumerable<string>)null!); });
        Assert.ThrowsAny<ArgumentException>(() => { _ = _cache.RemoveByTagAsync([null!]); });
    }

    [Fact]
    public async Task Star_AsTheTagOfAnEntry_IsRefused()
    {
        var thrown = Assert.Throws<ArgumentException>(() => { _ = _cache.SetAsync("k", "v", tags: ["*"]); });
        Assert.Contains("reserved", thrown.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ArgumentException>(() => _cache.GetOrCreateAsync("k", 0, static (_, entry, _) =>
        {
            entry.AddTag("*");
            return new ValueTask<string>("v");
        }).AsTask());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Star_RemovedByTag_ClearsTheCache(bool amongOthers)
    {
        await _cache.SetAsync("tagged", 1, tags: ["t"]);
        await _cache.SetAsync("plain", 2);

        var outcome = amongOthers ? await _cache.RemoveByTagAsync(["other", "*"]) : await _cache.RemoveByTagAsync("*");

        Assert.Equal(RemovalOutcome.Done, outcome);
        Assert.False(await _cache.ExistsAsync("tagged"));
        Assert.False(await _cache.ExistsAsync("plain"));
        Assert.Equal(0, _cache.Statistics.Entries);
    }

    [Fact]
    public async Task RemoveByTags_OneOfThemBad_RemovesNothing()
    {
        await _cache.SetAsync("k", 1, tags: ["t"]);

        Assert.Throws<ArgumentException>(() => { _ = _cache.RemoveByTagAsync(["t", ""]); });
        Assert.True(await _cache.ExistsAsync("k"));

        await _cache.RemoveByTagAsync(["x", "t"]);
        Assert.False(await _cache.ExistsAsync("k"));
    }
}
