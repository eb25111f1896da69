using Larder.Tests.Support;
using static Larder.Tests.Support.TestCache;

namespace Larder.Tests.Keys;

/// <summary>Keys that are refused, by every verb, and keys that only look odd.</summary>
public sealed class KeyRulesTests : IAsyncDisposable
{
    private readonly ICache _cache = TestCache.Create(new FakeClock());

    public static TheoryData<string, string> BadKeys => new()
    {
        { "", "empty" },
        { new string('k', 1_025), "1025 characters; the limit is 1024 (MaximumKeyLength)" },
        { "secret\0", "U+0000 at position 6" },
        { "\u001fsecret", "U+001F at position 0" },
        { "secret\n", "U+000A at position 6" },
        { "secret\u007f", "U+007F at position 6" },
        { "secret\u0085", "U+0085 at position 6" },
        { "secret\u009fx", "U+009F at position 6" },
        { "secret\ud83d", "half a surrogate pair at position 6" },
        { "secret\ude00", "half a surrogate pair at position 6" },
        { "\ude00\ud83d", "half a surrogate pair at position 0" },
        { "\ud83d\ud83d\ude00", "half a surrogate pair at position 0" },
        { "\ud83d\ude00\ude00", "half a surrogate pair at position 2" },
        { "\ud83d\ude00\n", "U+000A at position 2" },
    };

    public ValueTask DisposeAsync() => _cache.DisposeAsync();

    [Theory]
    [MemberData(nameof(BadKeys), DisableDiscoveryEnumeration = true)]
    public async Task BadKey_EveryVerb_RefusesItAndTellsWhyButNotTheKey(string key, string expected)
    {
        foreach (var (name, verb) in Verbs(_cache, key))
        {
            var thrown = await Assert.ThrowsAnyAsync<ArgumentException>(verb);
            Assert.True(thrown.Message.Contains(expected, StringComparison.Ordinal), $"{name}: {thrown.Message}");
            Assert.DoesNotContain("secret", thrown.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(BadKeys), DisableDiscoveryEnumeration = true)]
    public async Task BadKey_AsASpan_IsRefusedToo(string key, string expected)
    {
        var verbs = new Func<Task>[]
        {
            async () => await _cache.GetOrCreateAsync(key.AsSpan(), Never<string>()),
            async () => await _cache.ResolveAsync(key.AsSpan(), Never<string>()),
            async () => await _cache.GetAsync<string>(key.AsSpan()),
            async () => await _cache.RemoveAsync(key.AsSpan()),
            () => Task.FromResult(_cache.TryGet<string>(key.AsSpan(), out _)),
            async () => await _cache.GetOrCreateAsync($"{key}", Never<string>()),
            () => Task.FromResult(_cache.TryGet<string>($"{key}", out _)),
        };
        foreach (var verb in verbs)
        {
            var thrown = await Assert.ThrowsAnyAsync<ArgumentException>(verb);
            Assert.Contains(expected, thrown.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task NullKey_EveryVerb_ThrowsArgumentNull(bool isEnabled)
    {
        await using var cache = TestCache.Create(new FakeClock(), options => options.IsEnabled = isEnabled);
        foreach (var (name, verb) in Verbs(cache, null!))
        {
            var thrown = await Record.ExceptionAsync(verb);
            Assert.True(thrown is ArgumentNullException, $"{name}: {thrown}");
        }
    }

    [Theory]
    [InlineData(" ")]
    [InlineData("*")]
    [InlineData("a b")]
    [InlineData("ключ")]
    [InlineData("\ud83d\ude00")]
    [InlineData("a\ud83d\ude00b\ud83d\ude80")]
    [InlineData("\ue000\ufffd\u2028")]
    [InlineData("\u00a0")]
    public async Task OddKey_WithoutAnythingForbidden_WorksLikeAnyOther(string key)
    {
        Assert.Equal("v", await _cache.GetOrCreateAsync(key, Returns("v")));
        Assert.True(_cache.TryGet<string>(key, out _));
        await _cache.RemoveAsync(key);
        Assert.False(_cache.TryGet<string>(key, out _));
    }

    [Fact]
    public async Task LongestKey_IsAccepted_AndOneMoreIsNot()
    {
        await using var cache = TestCache.Create(new FakeClock(), options => options.MaximumKeyLength = 8);
        await cache.SetAsync("12345678", "v", tags: ["abcdefgh"]);
        Assert.True(cache.TryGet<string>("12345678", out _));

        Assert.Throws<ArgumentException>(() => { _ = cache.SetAsync("123456789", "v"); });
        Assert.Throws<ArgumentException>(() => { _ = cache.SetAsync("k", "v", tags: ["abcdefghi"]); });
    }

    [Fact]
    public async Task TypedCache_LengthLimit_CountsThePrefix()
    {
        await using var cache = TestCache.Create(new FakeClock(), options => options.MaximumKeyLength = 8);
        var typed = cache.For<string>("pre:");
        await typed.SetAsync("1234", "v");

        Assert.Throws<ArgumentException>(() => { _ = typed.SetAsync("12345", "v"); });
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task TypedCache_BadKey_IsRefusedByEveryVerb(int which)
    {
        var key = new[] { "", "\n", "\ud83d" }[which];
        var typed = _cache.For<string>("p:");
        var verbs = new (string Name, Func<Task> Run)[]
        {
            ("GetOrCreate", async () => await typed.GetOrCreateAsync(key, Returns("v"))),
            ("Resolve", async () => await typed.ResolveAsync(key, Returns("v"))),
            ("Get", async () => await typed.GetAsync(key)),
            ("TryGet", () => Task.FromResult(typed.TryGet(key, out _))),
            ("TryGet span", () => Task.FromResult(typed.TryGet(key.AsSpan(), out _))),
            ("Set", async () => await typed.SetAsync(key, "v")),
            ("Exists", async () => await typed.ExistsAsync(key)),
            ("GetTimeToLive", async () => await typed.GetTimeToLiveAsync(key)),
            ("Remove", async () => await typed.RemoveAsync(key)),
            ("Remove many", async () => await typed.RemoveAsync([key])),
            ("Expire", async () => await typed.ExpireAsync(key)),
        };
        foreach (var (name, run) in verbs)
        {
            var thrown = await Record.ExceptionAsync(run);
            Assert.True(thrown is ArgumentException, $"{name}: {thrown?.ToString() ?? "accepted"}");
        }
    }

    [Fact]
    public async Task TypedCache_NullKey_ThrowsEvenWhenThePrefixAloneIsAKey()
    {
        await _cache.SetAsync("p:", "v");
        var typed = _cache.For<string>("p:");

        await Assert.ThrowsAsync<ArgumentNullException>(async () => await typed.GetOrCreateAsync((string)null!, Returns("v")));
        await Assert.ThrowsAsync<ArgumentNullException>(async () => await typed.ResolveAsync((string)null!, Returns("v")));
        await Assert.ThrowsAsync<ArgumentNullException>(async () => await typed.GetAsync((string)null!));
        await Assert.ThrowsAsync<ArgumentNullException>(async () => await typed.SetAsync(null!, "v"));
        Assert.Throws<ArgumentNullException>(() => typed.TryGet((string)null!, out _));
    }

    [Fact]
    public async Task RemoveMany_OneBadKey_RemovesNothing()
    {
        await _cache.SetAsync("a", 1);
        await _cache.SetAsync("b", 2);

        Assert.ThrowsAny<ArgumentException>(() => { _ = _cache.RemoveAsync(["a", "", "b"]); });
        Assert.ThrowsAny<ArgumentException>(() => { _ = _cache.RemoveAsync(["a", null!, "b"]); });
        Assert.Throws<ArgumentNullException>(() => { _ = _cache.RemoveAsync((IEnumerable<string>)null!); });

        Assert.True(await _cache.ExistsAsync("a"));
        await _cache.RemoveAsync(["a", "b", "c"]);
        Assert.False(await _cache.ExistsAsync("a"));
        Assert.False(await _cache.ExistsAsync("b"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void NullInAList_IsRefusedAsAKeyOfTheList(bool isTyped)
    {
        var typed = _cache.For<string>("p:");
        var refusals = new[]
        {
            Assert.Throws<ArgumentException>(() => { _ = isTyped ? typed.RemoveAsync(["a", null!]) : _cache.RemoveAsync(["a", null!]); }),
            Assert.Throws<ArgumentException>(() => { _ = isTyped ? typed.PublishRemovalsAsync(["a", null!]) : _cache.PublishRemovalsAsync(["a", null!]); }),
        };

        Assert.All(refusals, static refused => Assert.Equal(("A key is null; leave it out. (Parameter 'keys')", "keys"), (refused.Message, refused.ParamName)));
        var tag = Assert.Throws<ArgumentException>(() => { _ = _cache.RemoveByTagAsync(["a", null!]); });
        Assert.Equal("A tag is null; leave it out. (Parameter 'tags')", tag.Message);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task EmptyNameOfALock_IsRefusedByItsName(bool isTyped)
    {
        var typed = _cache.For<string>("p:");

        var refused = await Assert.ThrowsAsync<ArgumentException>(async () => await (isTyped ? typed.TryLockAsync("", Seconds(1)) : _cache.TryLockAsync("", Seconds(1))));

        Assert.Equal("The name of the lock is empty; it needs at least one character. (Parameter 'name')", refused.Message);
        var missing = await Assert.ThrowsAsync<ArgumentNullException>(async () => await (isTyped ? typed.TryLockAsync(null!, Seconds(1)) : _cache.TryLockAsync(null!, Seconds(1))));
        Assert.Equal("name", missing.ParamName);
    }

    [Fact]
    public void Prefix_ThatNoKeyCouldHave_IsRefusedAtOnce()
    {
        Assert.Throws<ArgumentException>(() => _cache.For<string>("a\nb"));
        Assert.Throws<ArgumentException>(() => _cache.For<string>(new string('p', 2_000)));
    }

    private static IEnumerable<(string Name, Func<Task> Run)> Verbs(ICache cache, string key)
    {
        yield return ("GetOrCreate", async () => await cache.GetOrCreateAsync(key, Never<string>()));
        yield return ("GetOrCreate state", async () => await cache.GetOrCreateAsync(key, 0, static (_, _) => new ValueTask<int>(0)));
        yield return ("GetOrCreate context", async () => await cache.GetOrCreateAsync(key, 0, static (_, _, _) => new ValueTask<int>(0)));
        yield return ("Resolve", async () => await cache.ResolveAsync(key, Never<string>()));
        yield return ("Get", async () => await cache.GetAsync<string>(key));
        yield return ("TryGet", () => Task.FromResult(cache.TryGet<string>(key, out _)));
        yield return ("Set", async () => await cache.SetAsync(key, "v"));
        yield return ("Exists", async () => await cache.ExistsAsync(key));
        yield return ("GetTimeToLive", async () => await cache.GetTimeToLiveAsync(key));
        yield return ("Remove", async () => await cache.RemoveAsync(key));
        yield return ("Expire", async () => await cache.ExpireAsync(key));
        if (key is not null)
        {
            // Null in a list has a message of its own.
            yield return ("Remove many", async () => await cache.RemoveAsync([key]));
        }
    }
}
