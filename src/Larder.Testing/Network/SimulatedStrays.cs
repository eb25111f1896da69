using Larder.Ports;

namespace Larder.Testing;

/// <summary>
/// The way of one node of a simulation to keys of a cluster wherever they are: no order is kept between calls, a command is carried out by whoever has the key when it arrives, and fails when nobody is there.
/// </summary>
internal sealed class SimulatedStrays(SimulatedNetwork network, ClusterStore cluster, Func<int, SimulatedPlace> placeOf, SimulationNode node) : IAuthorityLink
{
    private const long OnlyEpoch = 1;
    private readonly List<StrayCall> _calls = [];
    private readonly int _incarnation = node.Incarnation;
    private string? _cacheName;
    private bool _isDisposed;

    public string Name => "cluster";

    public CacheTier Kind => CacheTier.Remote;

    public bool AnnouncesInOrder => false;

    internal bool BlocksRequests { get; set; }

    internal bool BlocksReplies { get; set; }

    /// <summary>How many commands went this way.</summary>
    internal long Commands { get; private set; }

    internal SimulationScheduler Simulation => network.Simulation;

    internal SimulationNode Node => node;

    private bool IsOver => _isDisposed || !node.IsAlive || node.Incarnation != _incarnation;

    public void Start(TierHost host, IAuthorityLinkListener listener)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(listener);
        _cacheName = host.CacheName;
        node.WhenCrashing(() =>
        {
            _calls.ForEach(static call => call.Abandon());
            return false;
        });
        listener.Connected(OnlyEpoch);
    }

    public void Send(long epoch, params ReadOnlySpan<AuthorityCommand> commands)
    {
        if (epoch == OnlyEpoch && !IsOver)
        {
            var sent = new SentCommand[commands.Length];
            for (var i = 0; i < sent.Length; i++)
            {
                sent[i] = new SentCommand(commands[i]);
            }

            Commands += sent.Length;
            var call = new StrayCall(this, sent);
            _calls.Add(call);
            call.SendNext();
            return;
        }

        foreach (var command in commands)
        {
            command.Fail(null);
        }
    }

    public void Drop(long epoch)
    {
    }

    public ValueTask DisposeAsync()
    {
        _isDisposed = true;
        return ValueTask.CompletedTask;
    }

    /// <summary>Everything that is under way fails; some of it is carried out nevertheless.</summary>
    internal void Cut()
    {
        foreach (var call in _calls.ToArray())
        {
            call.Lose(reaches: network.Chance.Next(2) == 0);
        }
    }

    internal bool LetsRequestPass(in AuthorityCommand command) => !BlocksRequests && PlaceOf(command).Server is not { IsPaused: true };

    internal bool LetsReplyPass() => !BlocksReplies;

    internal void Ended(StrayCall call) => _calls.Remove(call);

    /// <summary>Carries a command out where its key is at this moment. False when nobody is there.</summary>
    internal bool TryExecute(in AuthorityCommand command, Action<Delivery> answer)
    {
        var place = PlaceOf(command);
        if (!place.IsThere)
        {
            return false;
        }

        Session[]? touched;
        lock (place.Store.Gate)
        {
            place.Store.Execute(new StraySession(answer, place.Store.Space(ClusterStore.SpaceOf(_cacheName!, cluster.RangeOf(command.Key!))), OnlyEpoch), command);
            touched = place.Store.TakeTouched();
        }

        AuthorityStore.Flush(touched);
        return true;
    }

    private SimulatedPlace PlaceOf(in AuthorityCommand command) => placeOf(cluster.OwnerOf(cluster.SlotOf(AuthorityVerbs.KeyOf(command))));
}
