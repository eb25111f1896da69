using Larder.Testing.Tests.Support;

namespace Larder.Testing.Tests.Scheduling;

public sealed class SimulationSchedulerTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(12345)]
    public void Run_OfTheSameSeed_IsTheSameRun(int seed) => Assert.Equal(TraceOf(seed), TraceOf(seed));

    [Fact]
    public void Run_OfOtherSeeds_IsAnotherRun() => Assert.NotEqual(TraceOf(1), TraceOf(2));

    [Fact]
    public async Task Cache_OnANode_RunsOnlyInSteps()
    {
        var simulation = new SimulationScheduler(1);
        var node = simulation.AddNode("a");
        var cache = node.CreateCache(options => options.Defaults.FreshFor = TimeSpan.FromSeconds(1));
        var thread = Environment.CurrentManagedThreadId;
        var source = new TaskCompletionSource<int>();
        Task<int>? first = null;
        Task<int>? second = null;
        var resumedOn = 0;
        node.Do(() => first = cache.GetOrCreateAsync("k", _ => new ValueTask<int>(source.Task)).AsTask());
        node.Do(() => second = Follow());

        Assert.False(first!.IsCompleted);
        node.Do(() => source.SetResult(42));
        Assert.True(simulation.RunUntil(() => second!.IsCompleted));

        Assert.Equal((42, 42, thread), (await first, await second!, resumedOn));

        async Task<int> Follow()
        {
            var value = await cache.GetOrCreateAsync("k", _ => new ValueTask<int>(7)).ConfigureAwait(false);
            resumedOn = Environment.CurrentManagedThreadId;
            return value;
        }
    }

    [Fact]
    public void Script_PicksTheSteps_AndLetsTimePass()
    {
        var order = new List<string>();
        var picks = new Queue<int>([2, 0, SimulationScheduler.LetTimePass, 1]);
        var simulation = new SimulationScheduler(1, ready => picks.TryDequeue(out var pick) ? pick : 0);
        var node = simulation.AddNode("a");
        foreach (var name in new[] { "one", "two", "three" })
        {
            node.Post(name, () => order.Add(name));
        }

        using var timer = node.Scheduler.StartTimer(_ => order.Add("timer"), order, 10);
        for (var step = 0; step < 5; step++)
        {
            simulation.Step();
        }

        Assert.Equal(["three", "one", "timer", "two"], order);
        Assert.Equal(TimeSpan.FromMilliseconds(10), simulation.Now);
        Assert.False(simulation.Step());
    }

    [Fact]
    public void Script_ThatAnswersNonsense_IsToldSo()
    {
        var simulation = new SimulationScheduler(1, ready => ready.Count);
        simulation.AddNode("a").Post("one", () => { });

        Assert.Contains("answer from -1 to 0", Assert.Throws<InvalidOperationException>(() => simulation.Step()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Pause_HoldsStepsUpWhileTheNodesClockGoesOn()
    {
        var simulation = new SimulationScheduler(1);
        var node = simulation.AddNode("a", clockRate: 2);
        var ran = new List<string>();
        node.Pause();
        node.Post("one", () => ran.Add("one"));
        using var timer = node.Scheduler.StartTimer(_ => ran.Add("timer"), ran, 100);
        var start = node.Clock.GetTimestamp();

        simulation.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(0, simulation.RunUntilIdle());
        Assert.Throws<InvalidOperationException>(() => node.Do(() => { }));
        node.Resume();
        simulation.RunUntilIdle();

        Assert.Equal(["one", "timer"], ran.Order());
        Assert.Equal(TimeSpan.FromSeconds(2), node.Clock.GetElapsedTime(start));
    }

    [Fact]
    public void Crash_DropsWorkAndTimers_AndWhatTheOldProcessStartsLater()
    {
        var simulation = new SimulationScheduler(1);
        var node = simulation.AddNode("a");
        var old = node.Scheduler;
        var ran = new List<string>();
        node.Post("one", () => ran.Add("one"));
        using var timer = old.StartTimer(_ => ran.Add("timer"), ran, 100);

        node.Crash();
        node.Start();
        old.Queue(new Work(() => ran.Add("old work")));
        using var oldTimer = old.StartTimer(_ => ran.Add("old timer"), ran, 100);
        node.Scheduler.Queue(new Work(() => ran.Add("new work")));
        Assert.False(simulation.RunUntil(() => false));

        Assert.Equal(["new work"], ran);
        Assert.Equal(2, node.Incarnation);
    }

    [Fact]
    public void RunUntilIdle_OfACircle_Ends()
    {
        var simulation = new SimulationScheduler(1);
        var node = simulation.AddNode("a");
        Again();

        Assert.Contains("not idle after 50 steps", Assert.Throws<InvalidOperationException>(() => simulation.RunUntilIdle(50)).Message, StringComparison.Ordinal);

        void Again() => node.Post("again", Again);
    }

    [Fact]
    public void Step_UnderASynchronizationContext_StaysOnItsThread()
    {
        var before = SynchronizationContext.Current;
        var posting = new Posting();
        SynchronizationContext.SetSynchronizationContext(posting);
        try
        {
            var simulation = new SimulationScheduler(1);
            var node = simulation.AddNode("a");
            var completion = node.Scheduler.CreateCompletion<int>();
            var resumedOn = 0;
            Task? waiting = null;
            node.Do(() => waiting = Wait());
            node.Do(() => completion.SetResult(Environment.CurrentManagedThreadId));

            Assert.True(waiting!.IsCompleted);
            Assert.Equal(Environment.CurrentManagedThreadId, resumedOn);
            Assert.Equal(0, posting.Count);

            async Task Wait()
            {
                await completion.Task;
                resumedOn = Environment.CurrentManagedThreadId;
            }
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }

    [Fact]
    public void Step_WhoseWorkGoesOnOnAnotherThread_EndsTheRunAndSaysSo()
    {
        var simulation = new SimulationScheduler(1);
        var node = simulation.AddNode("a");
        node.Post("astray", () =>
        {
            var other = new Thread(() => node.Post("by itself", static () => { }));
            other.Start();
            other.Join();
        });

        var refused = Assert.Throws<InvalidOperationException>(() => simulation.Step());

        Assert.Contains("came from another thread", refused.Message, StringComparison.Ordinal);
        Assert.Contains("by itself", refused.Message, StringComparison.Ordinal);
        Assert.Contains(nameof(Step_WhoseWorkGoesOnOnAnotherThread_EndsTheRunAndSaysSo), refused.Message, StringComparison.Ordinal);
        Assert.Empty(simulation.Ready);
    }

    private static List<string> TraceOf(int seed)
    {
        var trace = new List<string>();
        var simulation = new SimulationScheduler(seed) { Watch = step => trace.Add(step.ToString()) };
        var authority = new MemoryAuthority(simulation.AddNode("authority"));
        var network = new SimulatedNetwork(simulation);
        foreach (var name in new[] { "a", "b", "c" })
        {
            var node = simulation.AddNode(name, 1 + simulation.Random.NextDouble() / 100);
            var told = new Listening();
            var link = authority.Connect(network, node);
            told.WhenConnected = epoch => node.Post("ask", () => link.Send(
                epoch,
                new Asked { Verb = AuthorityVerb.Acquire, Key = "k", Token = FenceToken.Create(), Milliseconds = 100 },
                new Asked { Verb = AuthorityVerb.TrackedPeek, Key = "k" }));
            link.Start(node.CreateHost("shop", told), told);
        }

        for (var step = 0; step < 200; step++)
        {
            if (step % 20 == 7)
            {
                network.Links[simulation.Random.Next(3)].Cut();
            }

            simulation.Step();
        }

        trace.Add($"{simulation.Now}");
        return trace;
    }

    private sealed class Work(Action action) : IThreadPoolWorkItem
    {
        public void Execute() => action();
    }

    private sealed class Posting : SynchronizationContext
    {
        internal int Count { get; private set; }

        public override void Post(SendOrPostCallback d, object? state)
        {
            Count++;
            d(state);
        }
    }

    [Fact]
    public void Interrupt_AtASecondReading_GetsInBetweenOnce()
    {
        var simulation = new SimulationScheduler(seed: 1);
        var node = simulation.AddNode("a");
        var steps = new List<string>();
        node.Post("other", () => steps.Add("other"));
        node.Interrupt(2, () => simulation.Step());

        node.Clock.GetTimestamp();
        steps.Add("first");
        node.Clock.GetTimestamp();
        steps.Add("second");
        node.Post("later", () => steps.Add("later"));
        node.Clock.GetTimestamp();

        Assert.Equal(["first", "other", "second"], steps);
        Assert.Throws<ArgumentOutOfRangeException>(() => node.Interrupt(0, null));
        node.Interrupt(1, () => steps.Add("never"));
        node.Interrupt(1, null);
        node.Clock.GetTimestamp();
        Assert.Equal(3, steps.Count);
    }
}
