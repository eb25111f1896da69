using Larder.Tests.Support;
using static Larder.Tests.Support.TestCache;

namespace Larder.Tests.Entries;

/// <summary>Values of all kinds of types, and keys that are asked for as another type than they hold.</summary>
public sealed class ValueTypeTests : IAsyncDisposable
{
    private readonly FakeClock _clock = new();
    private readonly ICache _cache;

    public ValueTypeTests() => _cache = TestCache.Create(_clock);

    public ValueTask DisposeAsync() => _cache.DisposeAsync();

    [Fact]
    public async Task Values_OfEveryKind_ComeBackAsTheyWere()
    {
        await RoundTripAsync(42);
        await RoundTripAsync((int?)42);
        await RoundTripAsync((int?)null);
        await RoundTripAsync(new Point(1, 2));
        await RoundTripAsync((Point?)new Point(1, 2));
        await RoundTripAsync((Left: "a", Right: 1.5m));
        await RoundTripAsync(DayOfWeek.Friday);
        await RoundTripAsync(Guid.Empty);
        await RoundTripAsync("");
        await RoundTripAsync((string?)null);
        await RoundTripAsync<object?>(null);
        await RoundTripAsync<object>(7);
        await RoundTripAsync<IReadOnlyList<string>>(["a"]);
        await RoundTripAsync<Animal>(new Dog("Rex"));
        await RoundTripAsync<Func<int>>(static () => 3);
    }

    [Fact]
    public async Task StoredAsABaseClass_AskedForAsWhatItIs_Answers()
    {
        await _cache.SetAsync<Animal>("k", new Dog("Rex"));

        Assert.True(_cache.TryGet<Dog>("k", out var dog));
        Assert.Equal("Rex", dog.Name);
        Assert.Equal(CacheStatus.Hit, (await _cache.ResolveAsync("k", Never<IAnimal>())).Status);
        Assert.Same(dog, (await _cache.GetAsync<object>("k")).Value);
    }

    [Fact]
    public async Task StoredAsAClass_AskedForAsInterfaceOrBase_Answers()
    {
        await _cache.SetAsync("k", new Dog("Rex"));

        Assert.Equal("Rex", (await _cache.GetOrCreateAsync("k", Never<IAnimal>())).Name);
        Assert.Equal("Rex", (await _cache.GetOrCreateAsync("k", Never<Animal>())).Name);
    }

    [Fact]
    public async Task StoredAsAStruct_AskedForAsNullableOrObject_Answers()
    {
        await _cache.SetAsync("k", 5);

        Assert.Equal(5, await _cache.GetOrCreateAsync("k", Never<int?>()));
        Assert.Equal(5, await _cache.GetOrCreateAsync("k", Never<object>()));
        Assert.Equal(5, await _cache.GetOrCreateAsync("k", Never<IComparable>()));
    }

    [Fact]
    public async Task StoredAsNullable_AskedForAsTheStruct_AnswersUnlessItIsNull()
    {
        await _cache.SetAsync("full", (int?)5);
        await _cache.SetAsync("null", (int?)null);

        Assert.Equal(5, await _cache.GetOrCreateAsync("full", Never<int>()));
        Assert.Throws<ValueTypeMismatchException>(() => _cache.TryGet<int>("null", out _));
    }

    [Fact]
    public async Task Null_AskedForAsAnotherReferenceType_IsNull()
    {
        await _cache.SetAsync<string?>("k", null);

        Assert.Null(await _cache.GetOrCreateAsync("k", Never<Dog?>()));
    }

    [Fact]
    public async Task AnotherType_EveryVerbThatReads_ThrowsAndNamesBothTypesButNoValue()
    {
        await _cache.SetAsync("k", "the secret value");
        var verbs = new Func<Task>[]
        {
            async () => await _cache.GetOrCreateAsync("k", Never<int>()),
            async () => await _cache.GetOrCreateAsync("k", 0, static (_, _) => new ValueTask<int>(1)),
            async () => await _cache.GetOrCreateAsync("k", 0, static (_, _, _) => new ValueTask<int>(1)),
            async () => await _cache.ResolveAsync("k", Never<int>()),
            async () => await _cache.GetAsync<int>("k"),
            () => Task.FromResult(_cache.TryGet<int>("k", out _)),
        };
        foreach (var verb in verbs)
        {
            var thrown = await Assert.ThrowsAsync<ValueTypeMismatchException>(verb);

            Assert.Equal((typeof(string), typeof(int)), (thrown.StoredType, thrown.RequestedType));
            Assert.Contains("System.String", thrown.Message, StringComparison.Ordinal);
            Assert.Contains("System.Int32", thrown.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("secret", thrown.ToString(), StringComparison.Ordinal);
        }

        Assert.Equal("the secret value", await _cache.GetOrCreateAsync("k", Never<string>()));
    }

    [Fact]
    public async Task AnotherType_OfARunningLoad_ThrowsForTheOneWhoJoins()
    {
        var source = new GatedSource<string>();
        var leader = _cache.GetOrCreateAsync("k", source.Factory);
        var call = await source.NextCallAsync();
        var joiner = _cache.GetOrCreateAsync("k", Never<int>()).AsTask();
        var fitting = _cache.GetOrCreateAsync("k", Never<object>()).AsTask();
        call.Answer("v");

        Assert.Equal("v", await leader.Soon());
        Assert.Equal("v", await fitting.Soon());
        var thrown = await Assert.ThrowsAsync<ValueTypeMismatchException>(() => joiner.Soon());
        Assert.Equal((typeof(string), typeof(int)), (thrown.StoredType, thrown.RequestedType));
    }

    [Fact]
    public async Task AnotherType_OfAnExpiredValue_IsReplacedByTheLoad()
    {
        var options = new EntryOptions { FreshFor = Seconds(1), FallbackFor = Minutes(1) };
        await _cache.SetAsync("k", "text", options);
        _clock.Advance(Seconds(2));

        Assert.Equal(1, await _cache.GetOrCreateAsync("k", Returns(1), options));
        Assert.Equal(1, await _cache.GetOrCreateAsync("k", Never<int>(), options));
    }

    [Fact]
    public async Task AnotherType_OfAnExpiredValue_IsNoFallbackForAFailingSource()
    {
        var options = new EntryOptions { FreshFor = Seconds(1), FallbackFor = Minutes(1), FailureThrottle = TimeSpan.Zero };
        await _cache.SetAsync("k", "text", options);
        _clock.Advance(Seconds(2));

        await Assert.ThrowsAsync<IOException>(
            () => _cache.GetOrCreateAsync<int>("k", _ => throw new IOException("down"), options).AsTask());
    }

    [Fact]
    public async Task AnotherType_OfAnExpiredValue_DoesNotEndTheWaitAtTheSoftTimeout()
    {
        var options = new EntryOptions { FreshFor = Seconds(1), FallbackFor = Minutes(1), SourceSoftTimeout = Seconds(1) };
        var source = new GatedSource<int>();
        await _cache.SetAsync("k", "text", options);
        _clock.Advance(Seconds(2));
        var waiting = _cache.GetOrCreateAsync("k", source.Factory, options).AsTask();
        var call = await source.NextCallAsync();

        _clock.Advance(Seconds(2));
        call.Answer(1);

        Assert.Equal(1, await waiting.Soon());
    }

    private async Task RoundTripAsync<T>(T value)
    {
        await _cache.RemoveAsync("k");
        Assert.Equal(value, await _cache.GetOrCreateAsync("k", Returns(value)));
        Assert.Equal(value, await _cache.GetOrCreateAsync("k", Never<T>()));
        Assert.True(_cache.TryGet<T>("k", out var loaded));
        Assert.Equal(value, loaded);
        await _cache.SetAsync("k", value);
        var set = await _cache.GetAsync<T>("k");
        Assert.Equal((CacheStatus.Hit, true), (set.Status, set.HasValue));
        Assert.Equal(value, set.Value);
    }

    private interface IAnimal
    {
        string Name { get; }
    }

    private abstract record Animal(string Name) : IAnimal;

    private sealed record Dog(string Name) : Animal(Name);

    private readonly record struct Point(int X, int Y);
}
