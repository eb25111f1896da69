using Larder.Testing.Tests.Support;

namespace Larder.Testing.Tests.Network;

public sealed class SimulatedLinkTests
{
    private readonly SimulationScheduler _simulation = new(seed: 1);
    private readonly SimulationNode _server;
    private readonly SimulationNode _a;
    private readonly SimulationNode _b;
    private readonly MemoryAuthority _authority;
    private readonly SimulatedNetwork _network;
    private readonly Listening _toldA = new();
    private readonly Listening _toldB = new();
    private readonly SimulatedLink _linkA;
    private readonly SimulatedLink _linkB;

    public SimulatedLinkTests()
    {
        _server = _simulation.AddNode("authority");
        _a = _simulation.AddNode("a");
        _b = _simulation.AddNode("b");
        _authority = new MemoryAuthority(_server);
        _network = new SimulatedNetwork(_simulation);
        _linkA = Connect(_a, _toldA);
        _linkB = Connect(_b, _toldB);
        _simulation.RunUntilIdle();
        _toldA.Take();
        _toldB.Take();
    }

    [Fact]
    public void Send_WithoutSteps_DoesNothing()
    {
        var asked = Send(_linkA, _toldA, AuthorityVerb.Force, "k", token: 1);

        Assert.False(asked.IsOver);
        Assert.Equal(AuthorityKind.Nothing, _authority.KindOf(Node.Cache, "k"));
        Assert.Equal(1, _linkA.RequestsUnderWay);

        Run(SimulationStepKind.Request, _server);
        Assert.Equal(AuthorityKind.Lease, _authority.KindOf(Node.Cache, "k"));
        Assert.False(asked.IsOver);

        _simulation.RunUntilIdle();
        Assert.Equal(1, asked.AnswerCount);
    }

    [Fact]
    public void Announcement_OfAChange_PrecedesTheAnswersToLaterCommands()
    {
        Send(_linkB, _toldB, AuthorityVerb.TrackedPeek, "k");
        _simulation.RunUntilIdle();
        _toldB.Take();

        Send(_linkA, _toldA, AuthorityVerb.Remove, "k");
        Run(SimulationStepKind.Request, _server);
        Send(_linkB, _toldB, AuthorityVerb.TrackedPeek, "k");
        _simulation.RunUntilIdle();

        Assert.Equal(["key k", "answer TrackedPeek k"], _toldB.Take());
    }

    [Fact]
    public void AnsweredBody_AfterTheCall_IsScribbledOver()
    {
        Send(_linkA, _toldA, AuthorityVerb.Force, "k", token: 1);
        Send(_linkA, _toldA, AuthorityVerb.Fill, "k", token: 2, expected: 1, body: [1, 2]);
        var asked = Send(_linkA, _toldA, AuthorityVerb.Read, "k");

        _simulation.RunUntilIdle();

        Assert.Equal([1, 2], asked.AnswerBody);
        Assert.Equal([0xDB, 0xDB], System.Buffers.BuffersExtensions.ToArray(asked.KeptBody));
        Assert.Equal([1, 2], _authority.BodyOf(Node.Cache, "k").ToArray());
    }

    [Fact]
    public void Pause_OfANode_HoldsItsRepliesUp_NotWhatItHasSent()
    {
        var asked = Send(_linkA, _toldA, AuthorityVerb.Force, "k", token: 1);
        _a.Pause();

        _simulation.RunUntilIdle();
        Assert.Equal(AuthorityKind.Lease, _authority.KindOf(Node.Cache, "k"));
        Assert.False(asked.IsOver);

        _a.Resume();
        _simulation.RunUntilIdle();
        Assert.Equal(1, asked.AnswerCount);
    }

    [Fact]
    public void Pause_OfTheAuthority_AnswersNothing_AndLeasesEndMeanwhile()
    {
        Send(_linkA, _toldA, AuthorityVerb.Acquire, "k", token: 1, milliseconds: 100);
        _simulation.RunUntilIdle();
        _server.Pause();
        var asked = Send(_linkB, _toldB, AuthorityVerb.Acquire, "k", token: 2);
        _simulation.RunUntilIdle();
        Assert.False(asked.IsOver);

        _simulation.Advance(TimeSpan.FromSeconds(1));
        _server.Resume();
        _simulation.RunUntilIdle();

        Assert.Equal(AuthorityKind.Nothing, asked.Answer.Kind);
        Assert.Equal(Node.Token(2), _authority.TokenOf(Node.Cache, "k"));
    }

    [Fact]
    public void Partition_HoldsEverythingUp_UntilItHeals()
    {
        var asked = Send(_linkA, _toldA, AuthorityVerb.Force, "k", token: 1);
        _linkA.Partition();
        _simulation.RunUntilIdle();
        Assert.Equal(AuthorityKind.Nothing, _authority.KindOf(Node.Cache, "k"));
        Assert.True(_linkA.IsConnected);

        _linkA.Heal();
        _simulation.RunUntilIdle();

        Assert.Equal(1, asked.AnswerCount);
    }

    [Fact]
    public void Cut_TellsTheNodeThenFailsWhatIsOpen_AndConnectsAnew()
    {
        for (var seed = 0; seed < 50; seed++)
        {
            var old = _toldA.Epoch;
            var asked = Enumerable.Range(0, 5).Select(i => Send(_linkA, _toldA, AuthorityVerb.Increment, $"n{seed}", token: 9, number: 1)).ToList();
            Run(SimulationStepKind.Request, _server);
            _linkA.Cut();
            _linkA.Cut();
            _simulation.RunUntilIdle();

            Assert.All(asked, one => Assert.Equal(1, one.AnswerCount + one.FailureCount));
            var events = _toldA.Take();
            Assert.Equal(1, events.Count(told => told == $"disconnected {old}"));
            Assert.True(events.IndexOf($"disconnected {old}") < events.FindIndex(told => told.StartsWith("failure", StringComparison.Ordinal)), string.Join(", ", events));
            Assert.Equal($"connected {old + 1}", events[^1]);
            Assert.True(_linkA.IsConnected);
        }
    }

    [Fact]
    public void Cut_OverManySeeds_LosesCommandsAndAnswersInEveryWay()
    {
        var seen = new HashSet<(int Executed, int Answered)>();
        for (var seed = 0; seed < 300; seed++)
        {
            var test = new SimulatedLinkTests();
            var asked = Enumerable.Range(0, 2).Select(i => test.Send(test._linkA, test._toldA, AuthorityVerb.Increment, "n", token: 9, number: 1)).ToList();
            for (var steps = seed % 5; steps > 0 && test._simulation.Ready.Count > 0; steps--)
            {
                test._simulation.Step();
            }

            // Draws differ from run to run only by what is drawn before.
            for (var draw = 0; draw < seed; draw++)
            {
                test._network.Chance.Next();
            }

            test._linkA.Cut();
            test._simulation.RunUntilIdle();
            var read = test.Send(test._linkB, test._toldB, AuthorityVerb.Increment, "n", token: 9, number: 0);
            test._simulation.RunUntilIdle();
            seen.Add(((int)read.Answer.Number, asked.Count(one => one.AnswerCount == 1)));
        }

        Assert.Superset(new HashSet<(int, int)> { (0, 0), (1, 0), (2, 0), (1, 1), (2, 1), (2, 2) }, seen);
        Assert.DoesNotContain(seen, one => one.Answered > one.Executed);
    }

    [Fact]
    public void Drop_LetsCommandsOnTheirWayArriveLate()
    {
        var isLate = false;
        for (var attempt = 0; attempt < 50 && !isLate; attempt++)
        {
            var asked = Send(_linkA, _toldA, AuthorityVerb.Force, $"k{attempt}", token: 1);
            _linkA.Drop(_toldA.Epoch);
            Assert.False(_linkA.IsConnected);
            Run(SimulationStepKind.Reply, _a);
            Assert.Equal(1, asked.FailureCount);
            Assert.Equal(AuthorityKind.Nothing, _authority.KindOf(Node.Cache, $"k{attempt}"));

            _simulation.RunUntilIdle();
            isLate = _authority.KindOf(Node.Cache, $"k{attempt}") == AuthorityKind.Lease;
        }

        Assert.True(isLate);
    }

    [Fact]
    public void Crash_EndsTheNodesSide_AndANewLinkBeginsAfterTheStart()
    {
        var asked = Send(_linkA, _toldA, AuthorityVerb.TrackedPeek, "k");
        _a.Crash();
        _simulation.RunUntilIdle();
        Assert.False(asked.IsOver);
        Assert.Empty(_toldA.Take());

        _a.Start();
        _simulation.RunUntilIdle();
        Assert.Empty(_toldA.Take());
        var told = new Listening();
        Connect(_a, told);
        _simulation.RunUntilIdle();

        Assert.Equal(["connected 1"], told.Take());
    }

    [Fact]
    public void Crash_OfTheAuthority_LosesEverythingAndEveryConnection()
    {
        Send(_linkA, _toldA, AuthorityVerb.Force, "k", token: 1);
        _simulation.RunUntilIdle();
        _toldA.Take();

        _server.Crash();
        _simulation.RunUntilIdle();
        Assert.Equal(["disconnected 1"], _toldA.Take());
        _server.Start();
        _simulation.RunUntilIdle();

        Assert.Equal(["connected 2"], _toldA.Take());
        Assert.Equal(AuthorityKind.Nothing, _authority.KindOf(Node.Cache, "k"));
        Send(_linkA, _toldA, AuthorityVerb.Acquire, "k", token: 2, milliseconds: 50);
        _simulation.RunUntilIdle();
        _simulation.Advance(TimeSpan.FromMilliseconds(50));
        _simulation.RunUntilIdle();
        Assert.Equal(0, _server.Clock.PendingTimers);
    }

    [Fact]
    public void ReadMany_OverTheNetwork_IsOneStepEachWay_AndEveryKeyIsAnsweredOrFailsOnce()
    {
        var answered = new Asked(_toldA.Events) { Verb = AuthorityVerb.TrackedReadMany, Keys = ["x", "y"] };
        _linkA.Send(_toldA.Epoch, answered);
        Assert.Equal(1, _linkA.RequestsUnderWay);
        _simulation.RunUntilIdle();
        Assert.Equal((2, 0), (answered.AnswerCount, answered.FailureCount));

        var lost = new Asked(_toldA.Events) { Verb = AuthorityVerb.ReadMany, Keys = ["x", "y", "z"] };
        _linkA.BlocksRequests = true;
        _linkA.Send(_toldA.Epoch, lost);
        _linkA.Cut();
        _linkA.Heal();
        _simulation.RunUntilIdle();

        Assert.Equal((0, 3), (lost.AnswerCount, lost.FailureCount));
        Assert.Equal((2, 0), (answered.AnswerCount, answered.FailureCount));
    }

    private SimulatedLink Connect(SimulationNode node, Listening told)
    {
        var link = _authority.Connect(_network, node);
        link.Start(node.CreateHost(Node.Cache, told), told);
        return link;
    }

    private Asked Send(
        SimulatedLink link, Listening told, AuthorityVerb verb, string key, ulong token = 0, ulong expected = 0, long milliseconds = 10_000, long number = 0, byte[]? body = null)
    {
        var asked = new Asked(told.Events)
        {
            Verb = verb,
            Key = key,
            Token = Node.Token(token),
            Expected = Node.Token(expected),
            Milliseconds = milliseconds,
            Number = number,
            Body = Node.Bytes(body ?? []),
        };
        link.Send(told.Epoch, asked);
        return asked;
    }

    private void Run(SimulationStepKind kind, SimulationNode node) =>
        _simulation.Run(_simulation.Ready.First(step => step.Kind == kind && step.Node == node));
}
