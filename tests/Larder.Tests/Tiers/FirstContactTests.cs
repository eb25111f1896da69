using Larder.Coherence;
using Larder.Ports;
using Larder.Tests.Support;
using static Larder.Tests.Support.TestCache;

namespace Larder.Tests.Tiers;

/// <summary>A process that has just started waits for its first connection instead of doing without what is there.</summary>
public sealed class FirstContactTests
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly EntryOptions Plain = new() { FreshFor = Minutes(1) };
    private readonly FakeClock _clock = new();
    private readonly MemoryAuthority _authority;

    public FirstContactTests() => _authority = new MemoryAuthority(_clock);

    [Fact]
    public async Task Calls_BeforeTheFirstConnection_WaitForIt()
    {
        await using var first = Open();
        await first.SetAsync("k", "kept", Plain, cancellationToken: None);
        _authority.Stop();
        await using var cache = Open();
        var reading = cache.GetOrCreateAsync<string>("k", static _ => throw new InvalidOperationException("The source must not be asked here."), Plain, cancellationToken: None).AsTask();
        var setting = cache.SetAsync("l", "set", Plain, cancellationToken: None).AsTask();
        Assert.False(reading.IsCompleted || setting.IsCompleted);

        _authority.Start();

        Assert.Equal("kept", await reading.Soon());
        await setting.Soon();
        Assert.Equal("set", (await first.GetAsync<string>("l", cancellationToken: None)).Value);
    }

    // At Eventual nothing but the first connection itself would tell a node that it has missed something.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Calls_BeforeTheFirstConnectionAtEventual_AreNotTakenForOvertaken(bool isOrdered)
    {
        await using var first = Open(isOrdered);
        await first.SetAsync("there", "kept", Plain, tags: ["t"], cancellationToken: None);
        await first.SetAsync("tagged", "kept", Plain, cancellationToken: None);
        _authority.Stop();
        await using var cache = Open(isOrdered);
        var setting = cache.SetAsync("set", "stored", Plain, tags: ["t"], cancellationToken: None).AsTask();
        var settingMany = cache.SetManyAsync([new KeyValuePair<string, string>("many", "stored")], Plain, cancellationToken: None).AsTask();
        var getting = cache.GetAsync<string>("there", cancellationToken: None).AsTask();
        var gettingMany = cache.GetManyAsync<string>(["there"], cancellationToken: None).AsTask();
        var existing = cache.ExistsAsync("there", None).AsTask();
        var taking = cache.SnapshotAsync("fenced", None).AsTask();
        var tagging = cache.AddTagsAsync("tagged", ["late"], None).AsTask();
        var calls = 0;
        var loading = cache.GetOrCreateAsync("loaded", _ => new ValueTask<int>(++calls), Plain, cancellationToken: None).AsTask();

        _authority.Start();

        await Task.WhenAll(setting, settingMany, getting, gettingMany, existing, taking, tagging, loading).Soon();
        Assert.Equal("stored", (await first.GetAsync<string>("set", cancellationToken: None)).Value);
        Assert.Equal("stored", (await first.GetAsync<string>("many", cancellationToken: None)).Value);
        Assert.Equal("kept", (await getting).Value);
        Assert.Equal("kept", (await gettingMany)["there"].Value);
        Assert.True(await existing);
        Assert.True(await tagging);
        Assert.Equal(StoreOutcome.Stored, await cache.SetIfUnchangedAsync("fenced", "new", await taking, Plain, cancellationToken: None));
        Assert.Equal(1, (await first.GetAsync<int>("loaded", cancellationToken: None)).Value);
        Assert.Equal(1, await cache.GetOrCreateAsync("loaded", _ => new ValueTask<int>(++calls), Plain, cancellationToken: None));
        Assert.Equal(0, cache.Statistics.FencedOff);
    }

    [Fact]
    public async Task Entry_KeptWithoutTheTierBeforeTheFirstConnection_IsDroppedByIt()
    {
        _authority.Stop();
        await using var cache = Open(isOrdered: true);
        _clock.Advance(Seconds(2));
        Assert.Equal("old", await cache.GetOrCreateAsync("k", static _ => new ValueTask<string>("old"), Plain, cancellationToken: None));
        Assert.Equal("old", await cache.GetOrCreateAsync<string>("k", static _ => throw new InvalidOperationException("Memory has it."), Plain, cancellationToken: None));

        _authority.Start();

        Assert.Equal("new", await cache.GetOrCreateAsync("k", static _ => new ValueTask<string>("new"), Plain, cancellationToken: None));
    }

    [Fact]
    public async Task Calls_WithoutAConnectionInTime_GoOnWithoutTheTier()
    {
        _authority.Stop();
        await using var cache = Open();
        var reading = cache.GetOrCreateAsync("k", static _ => new ValueTask<string>("source"), Plain, cancellationToken: None).AsTask();
        var setting = cache.SetAsync("l", "set", Plain, cancellationToken: None).AsTask();
        Assert.False(reading.IsCompleted || setting.IsCompleted);

        _clock.Advance(Seconds(2));

        Assert.Equal("source", await reading.Soon());
        await Assert.ThrowsAsync<TierUnavailableException>(() => setting.Soon());

        // From then on nobody waits.
        Assert.Equal("source", await cache.GetOrCreateAsync("m", static _ => new ValueTask<string>("source"), Plain, cancellationToken: None).Soon());
    }

    [Fact]
    public async Task Calls_FirstAttemptHasFailed_DoNotWait()
    {
        var link = new LinkThatFails();
        await using var cache = LarderCache.Create(options =>
        {
            options.TimeProvider = _clock;
            options.Authority = new LinkedAuthority(link, new LinkedAuthorityOptions { Level = CoherenceLevel.Eventual });
        });
        var reading = cache.GetOrCreateAsync("k", static _ => new ValueTask<string>("source"), Plain, cancellationToken: None).AsTask();
        Assert.False(reading.IsCompleted);

        link.Listener!.Disconnected(0);

        Assert.Equal("source", await reading.Soon());
    }

    private ICache Open(bool isOrdered) => LarderCache.Create(
        options =>
        {
            options.TimeProvider = _clock;
            options.Authority = new LinkedAuthority(_authority.Connect(isOrdered, onThreadPool: false), new LinkedAuthorityOptions { Level = CoherenceLevel.Eventual });
            options.TierTimeout = Seconds(2);
        });

    private ICache Open() => LarderCache.Create(
        options =>
        {
            options.TimeProvider = _clock;
            options.Authority = new LinkedAuthority(_authority.Connect());
            options.TierTimeout = Seconds(2);
        });

    private sealed class LinkThatFails : IAuthorityLink
    {
        public string Name => "failing";

        public CacheTier Kind => CacheTier.Remote;

        public bool AnnouncesInOrder => true;

        internal IAuthorityLinkListener? Listener { get; private set; }

        public void Start(TierHost host, IAuthorityLinkListener listener) => Listener = listener;

        public void Send(long epoch, params ReadOnlySpan<AuthorityCommand> commands) => throw new InvalidOperationException("There is no connection.");

        public void Drop(long epoch)
        {
            // There is none.
        }

        public ValueTask DisposeAsync() => default;
    }
}
