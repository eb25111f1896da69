using Larder.Ports;
using Larder.Tests.Support;
using static Larder.Tests.Support.TestCache;

namespace Larder.Tests.Tiers;

/// <summary>Removals that wait for the authority: until it has been told of all of them, nothing that it holds is believed.</summary>
public sealed class QueuedRemovalTests
{
    private static readonly CancellationToken None = CancellationToken.None;
    private readonly FakeClock _clock = new();
    private readonly Shelf _shelf = new();

    [Fact]
    public async Task ANumber_IsNotReadFromAnAuthorityThatHasToBeTold()
    {
        await using var cache = Open();
        await cache.IncrementAsync("n", 5, cancellationToken: None);
        _shelf.IsDown = true;
        Assert.Equal(RemovalOutcome.Queued, await cache.RemoveAsync("n", None));
        _shelf.IsDown = false;
        await Assert.ThrowsAsync<TierUnavailableException>(async () => await cache.IncrementAsync("n", 0, cancellationToken: None));
        _clock.Advance(Seconds(1));
        await Bounded.Until(() => cache.Statistics.QueuedRemovals == 0);
        Assert.Equal(1, await cache.IncrementAsync("n", cancellationToken: None));
    }

    [Fact]
    public async Task ASnapshot_FromBeforeAQueuedRemoval_LetsNothingIn()
    {
        await using var cache = Open();
        await cache.SetAsync("k", "old", cancellationToken: None);
        var fence = await cache.SnapshotAsync("k", None);
        _shelf.IsDown = true;
        Assert.Equal(RemovalOutcome.Queued, await cache.RemoveAsync("k", None));
        _shelf.IsDown = false;
        Assert.Equal(StoreOutcome.FencedOff, await cache.SetIfUnchangedAsync("k", "old", fence, cancellationToken: None));
    }

    [Fact]
    public async Task ARemovalQueuedWhileTheJournalIsRead_WaitsForWhatIsOlder()
    {
        await using (var first = Open())
        {
            await first.SetAsync("older", "old", cancellationToken: None);
        }

        var journal = new GatedJournal([new JournalRecord(7, RemovalKind.Key, "older")]);
        await using var cache = Open(journal);
        var removal = cache.RemoveAsync("other", None).AsTask();
        _clock.Advance(Seconds(5));

        // The journal has not been read: the authority may hold anything that was removed in the life before.
        Assert.Equal(CacheStatus.Absent, (await cache.GetAsync<string>("older", cancellationToken: None)).Status);
        journal.Gate.SetResult();
        await removal.Soon();
        _clock.Advance(Seconds(5));
        await Bounded.Until(() => !_shelf.Holds("older") && cache.Statistics.QueuedRemovals == 0);
        Assert.All(journal.Appended, record => Assert.True(record.Sequence > 7));
    }

    [Fact]
    public async Task ARemoval_IsToldAlthoughMoreAreQueuedAllTheTime()
    {
        await using var cache = Open();
        await cache.SetAsync("first", "old", cancellationToken: None);
        _shelf.IsDown = true;
        Assert.Equal(RemovalOutcome.Queued, await cache.RemoveAsync("first", None));
        _shelf.IsDown = false;
        for (var i = 0; i < 20; i++)
        {
            // Less than the pause before the first attempt.
            _clock.Advance(Seconds(0.1));
            await cache.RemoveAsync($"other {i}", None);
        }

        await Bounded.Until(() => !_shelf.Holds("first"));
    }

    private ICache Open(IJournal? journal = null) =>
        Create(
            _clock,
            options =>
            {
                options.Authority = _shelf.Open();
                options.QueueRemovals = true;
                options.Journal = journal;
            });

    private sealed class GatedJournal(JournalRecord[] left) : IJournal
    {
        internal TaskCompletionSource Gate { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal List<JournalRecord> Appended { get; } = [];

        public async IAsyncEnumerable<JournalRecord> ReadAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await Gate.Task;
            foreach (var record in left)
            {
                yield return record;
            }
        }

        public ValueTask AppendAsync(JournalRecord record, CancellationToken cancellationToken)
        {
            Appended.Add(record);
            return default;
        }

        public ValueTask TrimAsync(long sequence, CancellationToken cancellationToken) => throw new IOException("the journal is full");

        public ValueTask DisposeAsync() => default;
    }
}
