using Larder.Ports;

namespace Larder.Testing;

/// <summary>
/// A link of one node to a <see cref="MemoryAuthority"/> over a <see cref="SimulatedNetwork"/>: each command that reaches the authority, each answer and each
/// announcement that reaches the node is a step of the simulation.
/// </summary>
/// <remarks>
/// A connection is two streams that keep their order. When it is cut, each side still gets some of what was under way, as many as the seed says; a command that the
/// node has given up may still be carried out, long after the node has a new connection. Ends with the node's process; make a new one after
/// <see cref="SimulationNode.Start"/>. Made by <see cref="MemoryAuthority.Connect(SimulatedNetwork, SimulationNode, bool)"/>. Not thread-safe.
/// </remarks>
public sealed class SimulatedLink : IAuthorityLink
{
    private readonly Func<SimulatedPlace> _find;
    private readonly int _incarnation;
    private SimulatedConnection? _connection;
    private StreamStep? _connecting;
    private TierHost? _host;
    private IAuthorityLinkListener? _listener;
    private long _lastEpoch;
    private long _epoch;
    private bool _isOver;

    /// <param name="network">What it goes over.</param>
    /// <param name="find">Where it leads to, asked at each connecting.</param>
    /// <param name="node">Whose it is.</param>
    /// <param name="announcesInOrder">See <see cref="AnnouncesInOrder"/>.</param>
    internal SimulatedLink(SimulatedNetwork network, Func<SimulatedPlace> find, SimulationNode node, bool announcesInOrder)
    {
        Network = network;
        Node = node;
        AnnouncesInOrder = announcesInOrder;
        _find = find;
        _incarnation = node.Incarnation;
    }

    /// <inheritdoc/>
    public string Name => "memory";

    /// <inheritdoc/>
    public CacheTier Kind => CacheTier.Remote;

    /// <inheritdoc/>
    public bool AnnouncesInOrder { get; }

    /// <summary>The node that it belongs to.</summary>
    public SimulationNode Node { get; }

    /// <summary>True while the node believes that there is a connection.</summary>
    public bool IsConnected => _epoch != 0;

    /// <summary>True while nothing reaches the authority. What is sent waits, and is lost when the connection is cut meanwhile.</summary>
    public bool BlocksRequests { get; set; }

    /// <summary>True while nothing reaches the node. What the authority sends waits, and is lost when the connection is cut meanwhile.</summary>
    public bool BlocksReplies { get; set; }

    /// <summary>How many commands are on their way to the authority on the present connection.</summary>
    public int RequestsUnderWay => _connection?.RequestCount ?? 0;

    /// <summary>How many answers and announcements are on their way to the node on the present connection.</summary>
    public int RepliesUnderWay => _connection?.ReplyCount ?? 0;

    /// <summary>The range of a cluster to whose home it leads; null for a store that has everything.</summary>
    internal int? Range { get; init; }

    internal SimulatedNetwork Network { get; }

    internal SimulationScheduler Simulation => Network.Simulation;

    internal IAuthorityLinkListener Listener => _listener!;

    /// <summary>Lets nothing through in either direction. Neither side is told.</summary>
    public void Partition()
    {
        BlocksRequests = true;
        BlocksReplies = true;
    }

    /// <summary>Lets everything through again, what was held up first.</summary>
    public void Heal()
    {
        BlocksRequests = false;
        BlocksReplies = false;
    }

    /// <summary>
    /// Breaks the connection: some of what is under way in each direction is lost, and the node learns of it in a step. It connects anew when nothing is in the way. Does nothing
    /// without a connection.
    /// </summary>
    public void Cut() => _connection?.Cut();

    /// <inheritdoc/>
    public void Start(TierHost host, IAuthorityLinkListener listener)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(listener);
        if (_listener is not null)
        {
            throw new InvalidOperationException("The link was started before; make one for each tier.");
        }

        _host = host;
        _listener = listener;
        Node.WhenCrashing(() =>
        {
            End();
            return false;
        });
        AwaitConnection();
    }

    /// <inheritdoc/>
    public void Send(long epoch, params ReadOnlySpan<AuthorityCommand> commands)
    {
        foreach (var command in commands)
        {
            if (epoch != 0 && epoch == _epoch)
            {
                _connection!.Send(command);
            }
            else if (!IsOver)
            {
                command.Fail(null);
            }
        }
    }

    /// <inheritdoc/>
    public void Drop(long epoch)
    {
        if (epoch != 0 && epoch == _epoch)
        {
            _epoch = 0;
            _connection!.GiveUp();
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        if (!IsOver)
        {
            Drop(_epoch);
            _isOver = true;
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>The node and the connection's state.</summary>
    public override string ToString() => $"link of {Node}: {(IsConnected ? $"connection {_epoch}" : "not connected")}";

    internal bool LetsRequestsPass() => !BlocksRequests;

    internal bool LetsRepliesPass() => !BlocksReplies;

    internal bool IsCurrent(SimulatedConnection connection) => _connection == connection && _epoch == connection.Epoch;

    internal void NoticeConnection(SimulatedConnection connection) => _epoch = connection.Epoch;

    /// <summary>The node learns that a connection is gone.</summary>
    internal void NoticeLoss(SimulatedConnection connection, bool wasKnown)
    {
        _epoch = 0;
        _connection = null;
        if (wasKnown)
        {
            Listener.Disconnected(connection.Epoch);
        }

        AwaitConnection();
    }

    private bool IsOver => _isOver || !Node.IsAlive || Node.Incarnation != _incarnation;

    private void AwaitConnection()
    {
        if (!IsOver)
        {
            _connecting ??= new StreamStep(Simulation, Node, SimulationStepKind.Connection, Connect, CanConnect, () => "");
            _connecting.Await();
        }
    }

    private bool CanConnect() => !BlocksRequests && !BlocksReplies && _find().IsThere;

    private bool Connect()
    {
        if (!IsOver)
        {
            var place = _find();
            lock (place.Store.Gate)
            {
                _connection = new SimulatedConnection(this, place, place.Store.Space(Range is { } range ? ClusterStore.SpaceOf(_host!.CacheName, range) : _host!.CacheName), ++_lastEpoch);
                place.Store.Open(_connection);
            }
        }

        return false;
    }

    private void End()
    {
        _isOver = true;
        _epoch = 0;
        _connection?.Abandon();
        _connection = null;
    }
}
