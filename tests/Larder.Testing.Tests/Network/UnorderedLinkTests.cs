using Larder.Testing.Tests.Support;

namespace Larder.Testing.Tests.Network;

/// <summary>Announcements that are messages: late, twice, in another order, or never; and what the link tells then.</summary>
public sealed class UnorderedLinkTests
{
    private readonly SimulationScheduler _simulation = new(seed: 3);
    private readonly SimulatedNetwork _network;
    private readonly MemoryAuthority _authority;
    private readonly SimulationNode _node;
    private readonly Listening _told = new();
    private readonly SimulatedLink _link;
    private readonly Node _other;

    public UnorderedLinkTests()
    {
        _network = new SimulatedNetwork(_simulation);
        _authority = new MemoryAuthority(_simulation.AddNode("authority"));
        _node = _simulation.AddNode("a");
        _link = _authority.Connect(_network, _node, announcesInOrder: false);
        _link.Start(_node.CreateHost(Node.Cache, _told), _told);
        _simulation.RunUntilIdle();
        _other = new Node(_authority);
        _told.Take();
    }

    [Fact]
    public void Message_ThatIsOvertaken_IsAGapAndStillTold()
    {
        Remove("one");
        Remove("two");
        Run(1);
        Assert.Equal(["everything", "key two"], _told.Take());

        Run(0);
        Assert.Equal(["key one"], _told.Take());
    }

    [Fact]
    public void Message_ThatComesTwice_IsToldOnce()
    {
        _network.Duplication = 1;
        Remove("one");

        Assert.Equal(2, _simulation.RunUntilIdle());
        Assert.Equal(["key one"], _told.Take());
    }

    [Fact]
    public void Message_ThatIsLost_IsMissedWithTheNext()
    {
        _network.Loss = 1;
        Remove("one");
        _network.Loss = 0;
        Remove("two");
        _simulation.RunUntilIdle();

        Assert.Equal(["everything", "key two"], _told.Take());
    }

    [Fact]
    public void Message_ThatIsTheLastAndLost_IsMissedWithTheHeartbeat()
    {
        _network.Loss = 1;
        Remove("one");
        _network.Loss = 0;
        _simulation.RunUntilIdle();
        Assert.Empty(_told.Take());

        _simulation.Advance(TimeSpan.FromSeconds(1));
        _simulation.RunUntilIdle();

        Assert.Equal(["everything"], _told.Take());
    }

    [Fact]
    public void Message_OfOnesOwnChange_IsNotSent_AndIsNoGap()
    {
        var own = new Asked(_told.Events) { Verb = AuthorityVerb.Remove, Key = "mine" };
        _link.Send(_told.Epoch, own);
        _simulation.RunUntilIdle();
        Remove("one");
        _simulation.RunUntilIdle();

        Assert.Equal(["answer Remove mine", "key one"], _told.Take());
    }

    [Fact]
    public void Message_OfAConnectionThatIsGone_IsNotTold()
    {
        Remove("one");
        _link.Cut();
        _simulation.Run(_simulation.Ready.First(step => step.Kind == SimulationStepKind.Reply));
        _simulation.RunUntilIdle();

        Assert.DoesNotContain("key one", _told.Take());
    }

    private void Remove(string key) => _other.Answer(AuthorityVerb.Remove, key);

    private void Run(int message) => _simulation.Run(_simulation.Ready.Where(step => step.Kind == SimulationStepKind.Message).ElementAt(message));
}
