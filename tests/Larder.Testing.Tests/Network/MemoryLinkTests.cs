using Larder.Testing.Tests.Support;

namespace Larder.Testing.Tests.Network;

public sealed class MemoryLinkTests
{
    private readonly FakeClock _clock = new();
    private readonly MemoryAuthority _authority;
    private readonly Node _a;
    private readonly Node _b;

    public MemoryLinkTests()
    {
        _authority = new MemoryAuthority(_clock);
        _a = new Node(_authority);
        _b = new Node(_authority);
    }

    [Fact]
    public void Send_OwnChange_IsAnnouncedBeforeTheNextAnswer()
    {
        _a.Answer(AuthorityVerb.TrackedPeek, "k");
        _a.Listening.Events.Clear();
        var first = new Asked(_a.Listening.Events) { Verb = AuthorityVerb.Remove, Key = "k" };
        var second = new Asked(_a.Listening.Events) { Verb = AuthorityVerb.TrackedPeek, Key = "k" };

        _a.Link.Send(_a.Listening.Epoch, first, second);

        Assert.Equal(["answer Remove k", "key k", "answer TrackedPeek k"], _a.Listening.Events);
    }

    [Fact]
    public void Send_FromWithinAnAnswer_IsAnsweredAfterwards()
    {
        var events = _a.Listening.Events;
        var inner = new Asked(events) { Verb = AuthorityVerb.TrackedPeek, Key = "inner" };
        var outer = Following(AuthorityVerb.TrackedPeek, "outer", () =>
        {
            events.Add("outer begins");
            _a.Link.Send(_a.Listening.Epoch, inner);
            events.Add("outer ends");
        });

        _a.Link.Send(_a.Listening.Epoch, outer);

        Assert.Equal(["outer begins", "outer ends", "answer TrackedPeek inner"], events);
    }

    [Fact]
    public void Send_ForAnotherEpoch_FailsAtOnce()
    {
        var asked = new Asked { Verb = AuthorityVerb.Remove, Key = "k" };

        _a.Link.Send(_a.Listening.Epoch + 1, asked);

        Assert.Equal((0, 1), (asked.AnswerCount, asked.FailureCount));
    }

    [Fact]
    public void Send_WhatTheStoreRefuses_FailsWithTheReason()
    {
        var asked = _a.Ask(AuthorityVerb.Acquire, "k", token: 1, milliseconds: 0);

        Assert.Equal((0, 1), (asked.AnswerCount, asked.FailureCount));
        Assert.Contains("set it to 1 or more", asked.Failure!.Message, StringComparison.Ordinal);
        Assert.Equal(AuthorityKind.Nothing, _authority.KindOf(Node.Cache, "k"));
    }

    [Fact]
    public void Expiry_OfATrackedKey_IsAnnouncedWithoutAnybodyAsking()
    {
        _a.Store("k", 7, milliseconds: 1_000);
        _a.Store("other", 8, milliseconds: 900);
        _b.Answer(AuthorityVerb.TrackedRead, "k");

        _clock.Advance(TimeSpan.FromMilliseconds(999));
        Assert.Empty(_b.Told());
        _clock.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal(["key k"], _b.Told());
        Assert.Empty(_authority.Keys(Node.Cache));
    }

    [Fact]
    public void Expiry_OfAPrologedKey_ComesWithTheNewTime()
    {
        _a.Answer(AuthorityVerb.Acquire, "k", token: 1, milliseconds: 1_000);
        _a.Answer(AuthorityVerb.Keep, "k", expected: 1, milliseconds: 3_000);
        _b.Answer(AuthorityVerb.TrackedRead, "k");

        _clock.Advance(TimeSpan.FromMilliseconds(2_999));
        Assert.Empty(_b.Told());
        _clock.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal(["key k"], _b.Told());
        Assert.Equal(0, _clock.PendingTimers);
    }

    [Fact]
    public void Evict_IsAnnounced_OfKeysAndFences()
    {
        _a.Store("k", 7);
        _b.Answer(AuthorityVerb.TrackedRead, "k");
        _b.Answer(AuthorityVerb.ReadFence, token: 1, fence: FenceName.Cache);

        Assert.True(_authority.Evict(Node.Cache, "k"));
        Assert.True(_authority.Evict(Node.Cache, FenceName.Cache));

        Assert.False(_authority.Evict(Node.Cache, "k"));
        Assert.Equal(["key k", "fence Cache "], _b.Told());
        Assert.Equal(Node.Token(2), _b.Answer(AuthorityVerb.ReadFence, token: 2, fence: FenceName.Cache).Token);
    }

    [Fact]
    public void EvictAny_UntilNothingIsLeft_TakesEverything()
    {
        _a.Store("k", 7);
        _a.Answer(AuthorityVerb.TakeRefresh, "k", token: 1);
        _a.Answer(AuthorityVerb.ReadFence, token: 1);
        _a.Answer(AuthorityVerb.Renew, "id", token: 1);
        var random = new Random(1);

        var count = 0;
        while (_authority.EvictAny(random) && count < 100)
        {
            count++;
        }

        Assert.Equal(4, count);
        Assert.Equal(AuthorityKind.Nothing, _a.Answer(AuthorityVerb.Status).Kind);
        Assert.Equal(1, _a.Answer(AuthorityVerb.TakeRefresh, "k", token: 2).Number);
    }

    [Fact]
    public void FlushAll_ForgetsEverythingAndTellsEverybody()
    {
        _a.Store("k", 7);
        _a.Answer(AuthorityVerb.Renew, "id", token: 1);
        _a.Told();

        _authority.FlushAll();

        Assert.Equal(["everything"], _a.Told());
        Assert.Equal(["everything"], _b.Told());
        Assert.Empty(_authority.Keys(Node.Cache));
        Assert.Equal(AuthorityKind.Nothing, _a.Answer(AuthorityVerb.Status).Kind);
    }

    [Fact]
    public void Cut_ConnectsAnew_AndEndsTheTracking()
    {
        _b.Answer(AuthorityVerb.TrackedPeek, "k");
        var old = _b.Listening.Epoch;
        _b.Told();

        _b.Link.Cut();

        Assert.Equal([$"disconnected {old}", $"connected {old + 1}"], _b.Told());
        _a.Answer(AuthorityVerb.Remove, "k");
        Assert.Empty(_b.Told());
    }

    [Fact]
    public void Drop_OfThePresentConnection_DisconnectsAndConnects_OfAnotherDoesNothing()
    {
        var old = _b.Listening.Epoch;
        _b.Link.Drop(old + 1);
        Assert.Empty(_b.Told());

        _b.Link.Drop(old);

        Assert.Equal([$"disconnected {old}", $"connected {old + 1}"], _b.Told());
    }

    [Fact]
    public void Drop_FromWithinAnAnnouncement_FailsWhatWasNotAnswered()
    {
        var events = _a.Listening.Events;
        var later = new Asked(events) { Verb = AuthorityVerb.TrackedPeek, Key = "later" };
        var first = Following(AuthorityVerb.TrackedPeek, "first", () => _a.Link.Drop(_a.Listening.Epoch));
        var old = _a.Listening.Epoch;

        _a.Link.Send(old, first, later);

        Assert.Equal([$"disconnected {old}", "failure TrackedPeek later", $"connected {old + 1}"], events);
    }

    [Fact]
    public void Stop_DisconnectsUntilStart_AndKeepsWhatIsThere()
    {
        _a.Store("k", 7);
        var old = _a.Listening.Epoch;

        _authority.Stop();
        Assert.False(_a.Link.IsConnected);
        Assert.Equal(1, _a.Ask(AuthorityVerb.Read, "k").FailureCount);
        _authority.Start();

        Assert.Equal([$"disconnected {old}", "failure Read k", $"connected {old + 1}"], _a.Told());
        Assert.Equal(AuthorityKind.Value, _a.Answer(AuthorityVerb.Read, "k").Kind);
    }

    [Fact]
    public void Restart_LosesEverything()
    {
        _a.Store("k", 7);

        _authority.Restart();

        Assert.Equal(AuthorityKind.Nothing, _a.Answer(AuthorityVerb.Read, "k").Kind);
    }

    [Fact]
    public void Caches_OfDifferentNames_ShareNothing()
    {
        var other = new Node(_authority, "other");
        _a.Store("k", 7);

        Assert.Equal(AuthorityKind.Nothing, other.Answer(AuthorityVerb.TrackedRead, "k").Kind);
        _a.Answer(AuthorityVerb.Remove, "k");
        Assert.Empty(other.Told());
    }

    [Fact]
    public async Task Dispose_EndsTheTrackingAndRefusesCommands()
    {
        _b.Answer(AuthorityVerb.TrackedPeek, "k");
        await _b.Link.DisposeAsync();
        _b.Told();

        _a.Answer(AuthorityVerb.Remove, "k");

        Assert.Empty(_b.Told());
        Assert.Equal(1, _b.Ask(AuthorityVerb.Read, "k").FailureCount);
    }

    [Fact]
    public void Connect_WithoutOrder_IsSentWhatEverybodyChanges_ButNoLeases()
    {
        var everything = new Node(_authority.Connect(announcesInOrder: false, onThreadPool: false));

        _a.Answer(AuthorityVerb.Acquire, "k", token: 1);
        Assert.Empty(everything.Told());
        _a.Answer(AuthorityVerb.Fill, "k", token: 2, expected: 1);
        _a.Answer(AuthorityVerb.Remove, "k");
        _a.Answer(AuthorityVerb.MoveFence, token: 3, fence: FenceName.AnyTag);

        Assert.Equal(["key k", "key k", "fence AnyTag "], everything.Told());
    }

    [Fact]
    public async Task Connect_OnThreadPool_AnswersEverythingOnceAndInOrder()
    {
        var node = new Node(_authority.Connect(announcesInOrder: true, onThreadPool: true));
        var last = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var order = new List<int>();
        const int Count = 1_000;
        await Task.Run(() =>
        {
            while (node.Listening.Epoch == 0)
            {
                Thread.Yield();
            }
        }).WaitAsync(TimeSpan.FromSeconds(30));

        for (var i = 0; i < Count; i++)
        {
            var number = i;
            node.Link.Send(node.Listening.Epoch, Following(AuthorityVerb.TrackedRead, $"{i % 7}", () =>
            {
                order.Add(number);
                if (number == Count - 1)
                {
                    last.SetResult();
                }
            }));
        }

        await last.Task.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(Enumerable.Range(0, Count), order);
    }

    [Fact]
    public async Task Send_FromManyThreads_KeepsEveryCommandAtomicAndAnswered()
    {
        const int Threads = 4;
        const int Each = 2_000;
        var start = new Barrier(Threads);
        var answered = 0;
        await Task.WhenAll(Enumerable.Range(0, Threads).Select(thread => Task.Factory.StartNew(
            () =>
            {
                var node = new Node(_authority);
                start.SignalAndWait();
                for (var i = 0; i < Each; i++)
                {
                    node.Link.Send(node.Listening.Epoch, new AuthorityCommand(AuthorityVerb.Increment, new Then(() => Interlocked.Increment(ref answered))) { Key = "n", Token = Node.Token(9), Number = 1, Milliseconds = 1_000 });
                    node.Link.Send(node.Listening.Epoch, Following(AuthorityVerb.TrackedPeek, "n", () => Interlocked.Increment(ref answered)));
                }
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default))).WaitAsync(TimeSpan.FromSeconds(60));

        Assert.Equal(Threads * Each, _a.Answer(AuthorityVerb.Increment, "n", token: 9, number: 0).Number);
        Assert.Equal(2 * Threads * Each, answered);
    }

    private static AuthorityCommand Following(AuthorityVerb verb, string key, Action then) => new(verb, new Then(then)) { Key = key };

    private sealed class Then(Action then) : IAuthorityCaller
    {
        public void Answered(int index, in AuthorityAnswer answer) => then();

        public void Failed(int index, Exception? failure) => Assert.Fail("It was answered.");
    }
}
