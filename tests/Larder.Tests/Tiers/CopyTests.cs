using Larder.Coherence;
using Larder.Ports;
using Larder.Tests.Support;
using static Larder.Tests.Support.TestCache;

namespace Larder.Tests.Tiers;

/// <summary>Copies between memory and the authority: they answer while the authority carries their token, and decide nothing.</summary>
public sealed class CopyTests
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly EntryOptions NoMemory = new() { Skip = CacheSkip.Memory };
    private static readonly string[] Keys = ["a", "b", "c"];
    private readonly FakeClock _clock = new();
    private readonly MemoryAuthority _authority;
    private readonly MemoryCopyTier _kept = new();
    private readonly FaultyCopyTier _copies;

    public CopyTests()
    {
        _authority = new MemoryAuthority(_clock);
        _copies = new FaultyCopyTier(_kept);
    }

    [Fact]
    public async Task ACopy_ThatTheAuthorityConfirms_Answers()
    {
        await using var cache = Open();
        await cache.SetAsync("a", 1, cancellationToken: None);
        var found = await cache.GetAsync<int>("a", NoMemory, None);
        Assert.Equal((1, CacheTier.Disk), (found.Value, found.Tier));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ACopy_OfWhatAnotherNodeHasChanged_DoesNotAnswer(bool isRemoved)
    {
        await using var cache = Open();
        await cache.SetAsync("a", 1, cancellationToken: None);
        await using var other = Other();
        await (isRemoved ? other.RemoveAsync("a", None).AsTask() : other.SetAsync("a", 2, cancellationToken: None).AsTask());

        var found = await cache.GetAsync<int>("a", NoMemory, None);
        Assert.Equal(isRemoved ? (false, 0) : (true, 2), (found.HasValue, found.Value));
        var many = await cache.GetManyAsync<int>(Keys, NoMemory, None);
        Assert.Equal(isRemoved ? (false, 0) : (true, 2), (many["a"].HasValue, many["a"].Value));
    }

    [Fact]
    public async Task Many_AreAskedForOnce_AndWhatTheCopiesDoNotHaveIsReadBelowAndCopied()
    {
        await using var cache = Open();
        await cache.SetManyAsync(Keys.Select((key, i) => KeyValuePair.Create(key, i)), cancellationToken: None);
        await using var other = Other();
        await other.SetAsync("b", 7, cancellationToken: None);
        await _kept.RemoveAsync(new[] { "c" }, None);
        _copies.Faults.ResetCalls();

        var many = await cache.GetManyAsync<int>([.. Keys, "nowhere"], NoMemory, None);

        Assert.Equal([(0, CacheTier.Disk), (7, CacheTier.Remote), (2, CacheTier.Remote)], Keys.Select(key => (many[key].Value, many[key].Tier)));
        Assert.False(many["nowhere"].HasValue);
        Assert.Equal((1, 0), (_copies.Faults.Calls(TierOperations.GetMany), _copies.Faults.Calls(TierOperations.Get)));
        var again = await cache.GetManyAsync<int>(Keys, NoMemory, None);
        Assert.All(again.Values, found => Assert.Equal(CacheTier.Disk, found.Tier));
        Assert.Equal([0, 7, 2], Keys.Select(key => again[key].Value));
    }

    [Fact]
    public async Task Copies_ThatAreDamaged_AreReadBelow_AndTheSourceIsNotAsked()
    {
        await using var cache = Open();
        await cache.SetManyAsync(Keys.Select((key, i) => KeyValuePair.Create(key, i)), cancellationToken: None);
        _copies.Faults.Damage(TierDamage.Truncate);

        var one = await cache.ResolveAsync("a", Never<int>(), NoMemory, cancellationToken: None);
        Assert.Equal((0, CacheTier.Remote), (one.Value, one.Tier));
        var many = await cache.GetOrCreateManyAsync<int>(Keys, (_, _) => throw new InvalidOperationException("asked"), NoMemory, cancellationToken: None);
        Assert.Equal([0, 1, 2], Keys.Select(key => many[key]));
        Assert.True(cache.Statistics.TierUnreadable >= 4);
    }

    [Theory]
    [InlineData("fail")]
    [InlineData("throw")]
    [InlineData("short")]
    public async Task Copies_ThatFail_FailNoRead(string how)
    {
        var copies = how == "short" ? new ShortTier() : (ICopyTier)_copies;
        await using var cache = Open(copies);
        await cache.SetManyAsync(Keys.Select((key, i) => KeyValuePair.Create(key, i)), cancellationToken: None);
        if (how == "fail")
        {
            _copies.Faults.Fail();
        }
        else
        {
            _copies.Faults.Throw();
        }

        Assert.Equal(1, (await cache.GetAsync<int>("b", NoMemory, None)).Value);
        var many = await cache.GetManyAsync<int>(Keys, NoMemory, None);
        Assert.Equal([0, 1, 2], Keys.Select(key => many[key].Value));
        Assert.Equal(RemovalOutcome.Done, await cache.RemoveAsync(Keys, None));
        Assert.Equal(RemovalOutcome.Done, await cache.ClearAsync(None));
    }

    private ICache Open(ICopyTier? copies = null) =>
        Create(_clock, options =>
        {
            options.Authority = new LinkedAuthority(_authority.Connect());
            options.Copies = copies ?? _copies;
        });

    private ICache Other() => Create(_clock, options => options.Authority = new LinkedAuthority(_authority.Connect()));

    /// <summary>Answers fewer than it was asked for, and throws whatever else it is asked.</summary>
    private sealed class ShortTier : ICopyTier
    {
        public string Name => "short";

        public CacheTier Kind => CacheTier.Disk;

        public void Attach(TierHost host)
        {
        }

        public ValueTask<TierReading> GetAsync(string key, CancellationToken cancellationToken) => throw new IOException("get");

        public ValueTask<TierReading[]> GetManyAsync(ReadOnlyMemory<string> keys, CancellationToken cancellationToken) => new([default]);

        public ValueTask SetAsync(string key, TierWrite write, FenceToken token, CancellationToken cancellationToken) => throw new IOException("set");

        public ValueTask RemoveAsync(ReadOnlyMemory<string> keys, CancellationToken cancellationToken) => throw new IOException("remove");

        public ValueTask ClearAsync(CancellationToken cancellationToken) => throw new IOException("clear");

        public ValueTask DisposeAsync() => throw new IOException("dispose");
    }
}
