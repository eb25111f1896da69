using Larder.Testing.Tests.Support;

namespace Larder.Testing.Tests.Network;

public sealed class SimulatedShardsTests
{
    private readonly SimulationScheduler _simulation = new(seed: 1);
    private readonly SimulationNode[] _servers;
    private readonly SimulationNode _node;
    private readonly MemoryCluster _cluster;
    private readonly SimulatedShards _shards;
    private readonly Listening _told = new();
    private readonly Listening _toldOfStrays = new();

    public SimulatedShardsTests()
    {
        _servers = [_simulation.AddNode("first"), _simulation.AddNode("second")];
        _node = _simulation.AddNode("a");
        _cluster = new MemoryCluster(_servers, ranges: 1, slotsOfRange: 4);
        _shards = _cluster.Connect(new SimulatedNetwork(_simulation), _node);
        _shards.Range(0).Start(_node.CreateHost(Node.Cache, _told), _told);
        _shards.Strays.Start(_node.CreateHost(Node.Cache, _toldOfStrays), _toldOfStrays);
        for (var slot = 0; slot < _cluster.Slots; slot++)
        {
            _cluster.Move(slot, 0);
        }

        _simulation.RunUntilIdle();
        _told.Take();
    }

    [Fact]
    public void Range_WhoseHomeHasMoved_ConnectsToItAfterTheLinkWasGivenUp()
    {
        _cluster.Move(_cluster.HomeSlotOf(0), 1);
        var refused = Send(_shards.Range(0), _told, AuthorityVerb.Status, null);
        _simulation.RunUntilIdle();
        Assert.IsType<AuthorityMovedException>(refused.Failure);

        _shards.Range(0).Drop(_told.Epoch);
        _simulation.RunUntilIdle();
        var answered = Send(_shards.Range(0), _told, AuthorityVerb.Status, null);
        _servers[0].Pause();
        _simulation.RunUntilIdle();

        Assert.Equal(1, answered.AnswerCount);
    }

    [Fact]
    public void Range_AskedForAKeyThatLivesElsewhere_SaysSoAndStaysConnected()
    {
        var key = _cluster.KeyIn(2);
        _cluster.Move(2, 1);
        var refused = Send(_shards.Range(0), _told, AuthorityVerb.Read, key);
        var answered = Send(_shards.Range(0), _told, AuthorityVerb.Read, _cluster.KeyIn(1));
        _simulation.RunUntilIdle();

        Assert.IsType<AuthorityMovedException>(refused.Failure);
        Assert.Equal(1, answered.AnswerCount);
        Assert.Equal(1, _told.Epoch);
    }

    [Fact]
    public void Move_OfATrackedKey_IsAnnouncedBeforeAnythingThatIsAnsweredLater()
    {
        var key = _cluster.KeyIn(2);
        Send(_shards.Range(0), _told, AuthorityVerb.Force, key, token: 1);
        Send(_shards.Range(0), _told, AuthorityVerb.TrackedRead, key);
        _simulation.RunUntilIdle();
        _told.Take();

        _cluster.Move(2, 1);
        Send(_shards.Range(0), _told, AuthorityVerb.Read, _cluster.KeyIn(1));
        _simulation.RunUntilIdle();

        Assert.Equal([$"key {key}", $"answer Read {_cluster.KeyIn(1)}"], _told.Take());
    }

    [Fact]
    public void Stray_OfAKeyThatMovesMeanwhile_IsCarriedOutWhereItIsByThen()
    {
        var key = _cluster.KeyIn(2);
        var asked = Send(_shards.Strays, _toldOfStrays, AuthorityVerb.Force, key, token: 1);
        _cluster.Move(2, 1);
        _servers[0].Pause();
        _simulation.RunUntilIdle();

        Assert.Equal(1, asked.AnswerCount);
        Assert.Equal(AuthorityKind.Lease, _cluster.KindOf(Node.Cache, key));
        Assert.Equal(1, _shards.StrayCommands);
    }

    [Fact]
    public void Stray_WhoseNodeIsPaused_WaitsForIt()
    {
        _servers[0].Pause();
        var asked = Send(_shards.Strays, _toldOfStrays, AuthorityVerb.Read, "k");
        _simulation.RunUntilIdle();
        Assert.False(asked.IsOver);

        _servers[0].Resume();
        _simulation.RunUntilIdle();
        Assert.Equal(1, asked.AnswerCount);
    }

    [Fact]
    public void Strays_HandedOverTogether_AreSentOneAfterTheOther_AndFailTogether()
    {
        var key = _cluster.KeyIn(2);
        var (planted, read) = (Command(AuthorityVerb.Force, key, token: 1), Command(AuthorityVerb.Read, key));
        _shards.Strays.Send(_toldOfStrays.Epoch, planted, read);
        Assert.Single(_simulation.Ready);
        _simulation.RunUntilIdle();
        Assert.Equal(AuthorityKind.Lease, read.Answer.Kind);

        _cluster.Stop(0);
        var (first, second) = (Command(AuthorityVerb.Read, key), Command(AuthorityVerb.Read, key));
        _shards.Strays.Send(_toldOfStrays.Epoch, first, second);
        _simulation.RunUntilIdle();

        Assert.Equal((0, 1, 0, 1), (first.AnswerCount, first.FailureCount, second.AnswerCount, second.FailureCount));
    }

    [Fact]
    public void Cut_WhileStraysAreUnderWay_FailsEachOnce_AndSomeAreCarriedOutNevertheless()
    {
        var asked = Enumerable.Range(0, 40).Select(number => Send(_shards.Strays, _toldOfStrays, AuthorityVerb.Force, $"k{number}", token: 1)).ToList();
        for (var steps = 0; steps < 20; steps++)
        {
            _simulation.Run(_simulation.Ready[0]);
        }

        _shards.Cut();
        _simulation.RunUntilIdle();

        Assert.All(asked, static one => Assert.Equal(1, one.AnswerCount + one.FailureCount));
        Assert.Contains(asked, one => one.FailureCount == 1 && _cluster.KindOf(Node.Cache, one.Key!) == AuthorityKind.Lease);
        Assert.Contains(asked, one => one.FailureCount == 1 && _cluster.KindOf(Node.Cache, one.Key!) == AuthorityKind.Nothing);
    }

    [Fact]
    public void Partition_HoldsEverythingUp_UntilItIsHealed()
    {
        _shards.Partition();
        var (stray, ranged) = (Send(_shards.Strays, _toldOfStrays, AuthorityVerb.Read, "k"), Send(_shards.Range(0), _told, AuthorityVerb.Read, "k"));
        _simulation.RunUntilIdle();
        Assert.False(stray.IsOver || ranged.IsOver);

        _shards.Heal();
        _shards.BlockReplies();
        _simulation.RunUntilIdle();
        Assert.False(stray.IsOver || ranged.IsOver);

        _shards.Heal();
        _simulation.RunUntilIdle();
        Assert.True(stray.AnswerCount == 1 && ranged.AnswerCount == 1);
    }

    [Fact]
    public void Crash_OfTheNode_TellsNobody_AndWhatWasSentMayStillArrive()
    {
        var asked = Send(_shards.Strays, _toldOfStrays, AuthorityVerb.Force, "k", token: 1);
        _node.Crash();
        _simulation.RunUntilIdle();

        Assert.False(asked.IsOver);
        Assert.Equal(AuthorityKind.Lease, _cluster.KindOf(Node.Cache, "k"));
    }

    [Fact]
    public void Crash_OfAServer_LosesWhatItKept_AndItsSlotsStay()
    {
        Send(_shards.Range(0), _told, AuthorityVerb.Force, "k", token: 1);
        _simulation.RunUntilIdle();

        _servers[0].Crash();
        Assert.False(_simulation.RunUntil(() => _told.Epoch == 2, maximumSteps: 100));
        _servers[0].Start();
        _simulation.RunUntilIdle();

        Assert.Equal(2, _told.Epoch);
        Assert.Equal(0, _cluster.OwnerOf(_cluster.SlotOf("k")));
        Assert.Equal(AuthorityKind.Nothing, _cluster.KindOf(Node.Cache, "k"));
    }

    [Fact]
    public void ManyKeys_OfWhichSomeAnswersAreLost_AreEachAnsweredOrFailedOnce()
    {
        var (answered, failed) = (0, 0);
        for (var cutAt = 0; cutAt < 12; cutAt++)
        {
            var many = new Asked { Verb = AuthorityVerb.TrackedReadMany, Keys = ["a", "b", "c", "d"] };
            var last = Command(AuthorityVerb.Read, "k");
            _shards.Range(0).Send(_told.Epoch, many, last);
            for (var steps = 0; steps < cutAt && _simulation.Ready.Count > 0; steps++)
            {
                _simulation.Run(_simulation.Ready[0]);
            }

            _shards.Links[0].Cut();
            _simulation.RunUntilIdle();
            Assert.Equal((4, 1), (many.AnswerCount + many.FailureCount, last.AnswerCount + last.FailureCount));
            answered += many.AnswerCount > 0 && many.FailureCount > 0 ? 1 : 0;
            failed += many.FailureCount;
        }

        Assert.True(answered > 0 && failed > 0);
    }

    [Fact]
    public void Cluster_WithoutNodesOfASimulation_CanNotBeConnectedOverItsNetwork()
    {
        Assert.Throws<InvalidOperationException>(() => new MemoryCluster().Connect(new SimulatedNetwork(_simulation), _node));
        Assert.Throws<ArgumentException>(() => new MemoryCluster(Array.Empty<SimulationNode>()));
    }

    private static Asked Command(AuthorityVerb verb, string? key, ulong token = 0) => new() { Verb = verb, Key = key, Token = Node.Token(token), Milliseconds = 10_000 };

    private static Asked Send(IAuthorityLink link, Listening told, AuthorityVerb verb, string? key, ulong token = 0)
    {
        var asked = new Asked(told.Events) { Verb = verb, Key = key, Token = Node.Token(token), Milliseconds = 10_000 };
        link.Send(told.Epoch, asked);
        return asked;
    }
}
