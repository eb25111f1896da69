using System.Collections.Concurrent;
using Larder.Ports;
using Larder.Tests.Support;
using static Larder.Tests.Support.TestCache;

namespace Larder.Tests.Coherence;

/// <summary>The feed across nodes: every removal of any node, in the order of each, or a gap.</summary>
public sealed class SharedRemovalFeedTests : IAsyncDisposable
{
    private static readonly Removal Gap = new(RemovalKind.Gap, null, false);
    private readonly FakeClock _clock = new();
    private readonly MemoryRemovals _removals = new();
    private readonly ConcurrentQueue<Removal> _seen = new();
    private readonly LogCollector _log = new();
    private readonly ICache _sender;
    private readonly ICache _receiver;

    public SharedRemovalFeedTests()
    {
        _sender = Node(_removals.Connect());
        _receiver = Node(_removals.Connect());
    }

    public async ValueTask DisposeAsync()
    {
        await _sender.DisposeAsync();
        await _receiver.DisposeAsync();
        _log.Dispose();
    }

    [Fact]
    public async Task Removals_OfAnotherNode_AreToldInOrderBehindTheFirstGap()
    {
        Listen();
        await _sender.RemoveAsync("a");
        await _sender.RemoveAsync(["b", "c"]);
        await _sender.ExpireAsync("d");
        await _sender.RemoveByTagAsync("t");
        await _sender.ClearAsync();
        await SeenAsync(
            Gap,
            new(RemovalKind.Key, "a", false),
            new(RemovalKind.Key, "b", false),
            new(RemovalKind.Key, "c", false),
            new(RemovalKind.Key, "d", false),
            new(RemovalKind.Tag, "t", false),
            new(RemovalKind.Clear, null, false));
    }

    [Fact]
    public async Task Removals_OfThisNode_AreToldOnceAndAsLocal()
    {
        Listen();
        await _receiver.RemoveAsync("mine");
        await _sender.RemoveAsync("theirs");
        await Bounded.Until(() => _seen.Count == 3);
        Assert.Equal([Gap, new(RemovalKind.Key, "mine", true), new(RemovalKind.Key, "theirs", false)], _seen.OrderBy(static removal => removal.Name, StringComparer.Ordinal));
    }

    [Fact]
    public async Task Message_ThatIsLost_IsAGapBeforeTheNext()
    {
        Listen();
        _removals.Lose(1);
        await PublishedAsync("lost");
        await PublishedAsync("next");
        await SeenAsync(Gap, Gap, new(RemovalKind.Key, "next", false));
    }

    [Fact]
    public async Task Channel_ThatIsAway_IsToldEverythingInOrderWhenItIsBack()
    {
        Listen();
        _removals.Stop();
        for (var i = 0; i < 10; i++)
        {
            await _sender.RemoveAsync($"k{i}");
        }

        _removals.Start();
        await AdvanceUntilAsync(() => _seen.Count == 12);
        Assert.Equal([Gap, Gap, .. Enumerable.Range(0, 10).Select(static i => new Removal(RemovalKind.Key, $"k{i}", false))], _seen);
    }

    [Fact]
    public async Task Removals_TooManyForTheQueue_BecomeAGap()
    {
        Listen();
        _removals.Stop();
        for (var i = 0; i < 10_000; i++)
        {
            await _sender.RemoveAsync($"k{i}");
        }

        _removals.Start();
        await AdvanceUntilAsync(() => _seen.Any(static removal => removal.Name == "k9999"));
        var seen = _seen.ToArray();

        // The one of the beginning, that of the outage, and one or two of the queue, of which some may have been under way.
        Assert.InRange(seen.Count(static removal => removal.Kind == RemovalKind.Gap), 3, 5);
        Assert.InRange(seen.Length, 4, 5_000);
        var gap = Array.FindLastIndex(seen, static removal => removal.Kind == RemovalKind.Gap);
        Assert.Equal(Enumerable.Range(10_000 - (seen.Length - gap - 1), seen.Length - gap - 1).Select(static i => $"k{i}"), seen.Skip(gap + 1).Select(static removal => removal.Name));
    }

    [Fact]
    public async Task Publish_OfKeys_IsToldEverywhereAndTouchesNothing()
    {
        var own = new ConcurrentQueue<Removal>();
        await using var subscription = _sender.SubscribeRemovals((removal, _) => Record(own, removal));
        Listen();
        await _sender.SetAsync("p", 1);
        await _sender.PublishRemovalsAsync(["p", "q"]);
        await SeenAsync(Gap, new(RemovalKind.Key, "p", false), new(RemovalKind.Key, "q", false));
        await Bounded.Until(() => own.Count == 3);
        Assert.Equal([Gap, new(RemovalKind.Key, "p", true), new(RemovalKind.Key, "q", true)], own);
        Assert.True(_sender.TryGet<int>("p", out _));
        await Assert.ThrowsAsync<ArgumentException>(async () => await _sender.PublishRemovalsAsync(["good", ""]));
    }

    [Fact]
    public async Task Publish_ThroughATypedView_HasItsPrefix()
    {
        Listen();
        await _sender.For<int>("v:").PublishRemovalsAsync(["k"]);
        await SeenAsync(Gap, new Removal(RemovalKind.Key, "v:k", false));
    }

    [Fact]
    public async Task Publish_ChannelAway_ThrowsAndIsToldLater()
    {
        Listen();
        _removals.Stop();
        var publishing = _sender.PublishRemovalsAsync(["late"]).AsTask();
        await AdvanceUntilAsync(() => publishing.IsCompleted);
        await Assert.ThrowsAsync<TierUnavailableException>(() => publishing);
        _removals.Start();
        await AdvanceUntilAsync(() => _seen.Contains(new Removal(RemovalKind.Key, "late", false)));
    }

    [Fact]
    public async Task Publish_WithoutAChannel_IsToldHere()
    {
        await using var alone = Node(channel: null);
        await using var subscription = alone.SubscribeRemovals((removal, _) => Record(_seen, removal));
        await alone.PublishRemovalsAsync(["k"]);
        await SeenAsync(new Removal(RemovalKind.Key, "k", true));
    }

    [Fact]
    public async Task Node_ThatIsDisposed_HasToldItsLastRemovals()
    {
        Listen();
        for (var i = 0; i < 1_000; i++)
        {
            await _sender.RemoveAsync($"k{i}");
        }

        await _sender.DisposeAsync();
        await Bounded.Until(() => _seen.Count == 1_001);
    }

    [Fact]
    public async Task Channel_ThatThrows_IsLoggedOnceAndTriedAgain()
    {
        var channel = new BrokenChannel();
        await using var node = Node(channel);
        await node.RemoveAsync("k");
        await AdvanceUntilAsync(() => channel.Calls >= 3);
        channel.IsMended = true;
        await AdvanceUntilAsync(() => channel.Taken.Count == 1);
        Assert.Single(_log.Records, static record => record.Id == 8);
    }

    [Fact]
    public async Task Listening_BeginsWithTheFirstHandler()
    {
        var channel = new BrokenChannel();
        await using var node = Node(channel);
        Assert.Equal(0, channel.Listens);
        await using var first = node.SubscribeRemovals(static (_, _) => ValueTask.CompletedTask);
        Assert.Equal(1, channel.Listens);
    }

    private ICache Node(IRemovalChannel? channel) => Create(_clock, options =>
    {
        options.RemovalChannel = channel;
        options.LoggerFactory = _log;
    });

    private void Listen() => _receiver.SubscribeRemovals((removal, _) => Record(_seen, removal));

    private static ValueTask Record(ConcurrentQueue<Removal> seen, Removal removal)
    {
        seen.Enqueue(removal);
        return ValueTask.CompletedTask;
    }

    private Task PublishedAsync(string key) => _sender.PublishRemovalsAsync([key]).Soon();

    private async Task SeenAsync(params Removal[] expected)
    {
        await Bounded.Until(() => _seen.Count >= expected.Length);
        Assert.Equal(expected, _seen);
    }

    private Task AdvanceUntilAsync(Func<bool> condition) => Bounded.Until(() =>
    {
        _clock.Advance(TimeSpan.FromMilliseconds(100));
        return condition();
    });

    private sealed class BrokenChannel : IRemovalChannel
    {
        private int _calls;

        internal int Calls => Volatile.Read(ref _calls);

        internal int Listens { get; private set; }

        internal bool IsMended { get; set; }

        internal ConcurrentQueue<Removal> Taken { get; } = new();

        public void Join(TierHost host, IRemovalListener listener)
        {
        }

        public void Listen() => Listens++;

        public ValueTask<bool> PublishAsync(ReadOnlyMemory<Removal> removals, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _calls);
            if (!IsMended)
            {
                throw new IOException("down");
            }

            foreach (var removal in removals.Span)
            {
                Taken.Enqueue(removal);
            }

            return new ValueTask<bool>(true);
        }
    }
}
