using Larder.Ports;
using Larder.Redis.Connecting;
using Larder.Redis.Layout;
using Larder.Resp;

namespace Larder.Redis.Linking;

/// <summary>
/// The link of one cache to the home of one range of a cluster: bound to the connection of whichever node has the range's first slot. It is attached on the reader of that connection, when the node has
/// answered for the slot, and detached when the connection is lost, when the slot leaves the node, or when somebody has lost trust.
/// </summary>
/// <remarks>
/// Its epochs are those of the connections. One that was left while it stood is never come back to: what was sent before could be taken for what is sent now. So it is given up first.
/// </remarks>
internal sealed class RedisRange : IAuthorityLink, IRedisLink
{
    private static readonly AuthorityMovedException Elsewhere = new();

    private readonly RedisShards _shards;
    private readonly ClusterHub _hub;
    private readonly int _home;
    private readonly object _turning = new();
    private IAuthorityLinkListener? _listener;
    private KeyNames? _names;
    private Sending? _sending;
    private long _epoch;
    private long _probed;
    private long _left;
    private bool _hasMoved;
    private bool _wasTold;
    private bool _isDisposed;

    internal RedisRange(RedisShards shards, ClusterHub hub, int home)
    {
        _shards = shards;
        _hub = hub;
        _home = home;
    }

    public string Name => "redis";

    public CacheTier Kind => CacheTier.Remote;

    public string? RegistryName => _names is { } names ? System.Text.Encoding.UTF8.GetString(names.Registry) : null;

    public bool AnnouncesInOrder => true;

    public bool ResumesCallers => true;

    public long Epoch => Volatile.Read(ref _epoch);

    public void Start(TierHost host, IAuthorityLinkListener listener)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(listener);
        if (_listener is not null)
        {
            throw new InvalidOperationException("The link was started before; make one for each tier.");
        }

        _listener = listener;
        _names = new KeyNames(_shards.Prefix, host.CacheName, _home);
        _sending = new Sending(this, _hub, _names, announcing: null, new Replies(this));
        _shards.Started();
    }

    public void Send(long epoch, params ReadOnlySpan<AuthorityCommand> commands)
    {
        if (epoch != Epoch || epoch == 0)
        {
            foreach (ref readonly var command in commands)
            {
                command.Fail(null);
            }

            return;
        }

        using var gathering = RespClient.Gather();
        foreach (ref readonly var command in commands)
        {
            if (command.Keys.IsEmpty)
            {
                Send(epoch, command);
                continue;
            }

            // Keys of a range lie in many slots, and one command takes keys of one.
            var verb = command.Verb == AuthorityVerb.ReadMany ? AuthorityVerb.Read : AuthorityVerb.TrackedRead;
            for (var i = 0; i < command.Keys.Length; i++)
            {
                Send(epoch, new AuthorityCommand(verb, command.Caller, command.Index + i) { Key = command.Keys.Span[i] });
            }
        }
    }

    public void Drop(long epoch)
    {
        bool hasMoved;
        lock (_turning)
        {
            if (epoch == 0 || _epoch != epoch)
            {
                return;
            }

            hasMoved = Leave(epoch);
        }

        if (!hasMoved)
        {
            _hub.Drop(epoch);
        }

        ClusterHub.LookSoon(_shards);
    }

    public void Mend(long epoch, in AuthorityCommand command) => _sending!.Mend(epoch, command);

    public void HomeMoved(long epoch)
    {
        lock (_turning)
        {
            _hasMoved |= _epoch == epoch;
        }
    }

    public ValueTask DisposeAsync()
    {
        long epoch;
        lock (_turning)
        {
            _isDisposed = true;
            epoch = _epoch;
            _epoch = 0;
        }

        if (epoch != 0)
        {
            _listener!.Disconnected(epoch);
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>Asks the node that should have the home, if there is no connection yet.</summary>
    internal void Look(bool isLate)
    {
        var epoch = _hub.EpochOf(_home);
        bool isBack;
        lock (_turning)
        {
            if (_epoch != 0 || _probed != 0 || _isDisposed)
            {
                return;
            }

            isLate &= !_wasTold;
            _wasTold |= isLate;
            isBack = epoch != 0 && epoch == _left;
            _probed = isBack ? 0 : epoch;
        }

        if (isLate)
        {
            _listener!.Disconnected(0);
        }

        if (isBack)
        {
            _hub.Drop(epoch);
        }
        else if (epoch != 0)
        {
            using var gathering = RespClient.Gather();
            var probe = new HomeProbe(this, _hub, epoch);
            probe.AskForVersion();
            _hub.Post(new RespCommand("EVAL", "return 1", 1, _names!.Registry) { Epoch = epoch, Flags = RespFlags.NeverResend }, probe, isTracked: false);
        }
    }

    /// <summary>On the reader: the node has answered for the home.</summary>
    internal void Attach(long epoch)
    {
        lock (_turning)
        {
            if (_probed != epoch || _isDisposed)
            {
                return;
            }

            _probed = 0;
            _hasMoved = false;
            _wasTold = true;
            Volatile.Write(ref _epoch, epoch);
        }

        _listener!.Connected(epoch);
    }

    /// <summary>The node has not answered, or does not have the home.</summary>
    internal void NotThere(long epoch)
    {
        lock (_turning)
        {
            if (_probed == epoch)
            {
                _probed = 0;
            }
        }
    }

    /// <summary>On the reader: the connection is gone.</summary>
    internal void Lost(long epoch)
    {
        lock (_turning)
        {
            _probed = _probed == epoch ? 0 : _probed;
            _left = _left == epoch ? 0 : _left;
            if (_epoch != epoch || epoch == 0)
            {
                return;
            }

            Volatile.Write(ref _epoch, 0);
        }

        _listener!.Disconnected(epoch);
    }

    /// <summary>Slots have left the node that the connection leads to.</summary>
    internal void Moved(long epoch, IReadOnlyList<RespSlotRange> slots)
    {
        var isHome = Contain(slots, _home);
        lock (_turning)
        {
            if (_epoch != epoch || epoch == 0)
            {
                return;
            }

            if (isHome)
            {
                _hasMoved = true;
                Leave(epoch);
            }
        }

        if (isHome)
        {
            _listener!.Disconnected(epoch);
            ClusterHub.LookSoon(_shards);
        }
        else
        {
            _shards.Left(slots);
        }
    }

    /// <summary>Tells the cache of keys that have left.</summary>
    internal void Tell(Func<string, bool> areThey) => _listener!.KeysLeft(areThey);

    /// <summary>On the reader, in the order of the stream.</summary>
    internal void Changed(ReadOnlySpan<byte> name, long epoch)
    {
        if (epoch != Epoch)
        {
            return;
        }

        if (KeyNames.TextIn(KeyNames.ValueRoom, name) is { } key)
        {
            _listener!.KeyChanged(key);
        }
        else if (KeyNames.FenceIn(KeyNames.WithoutPlace(name)) is { } fence)
        {
            _listener!.FenceChanged(fence);
        }
    }

    internal void EverythingChanged(long epoch)
    {
        if (epoch == Epoch && epoch != 0)
        {
            _listener!.EverythingChanged();
        }
    }

    private static bool Contain(IReadOnlyList<RespSlotRange> slots, int slot) => slots.Any(range => range.First <= slot && slot <= range.Last);

    private void Send(long epoch, in AuthorityCommand command)
    {
        var isAboutKey = command.Key is not null && command.Verb is not (AuthorityVerb.Renew or AuthorityVerb.Forget);
        if (isAboutKey && _hub.EpochOf(_shards.SlotOf(command.Key!)) != epoch)
        {
            command.Fail(Elsewhere);
        }
        else
        {
            _sending!.Send(epoch, [command]);
        }
    }

    /// <summary>Under the lock. True when the connection goes on without this range.</summary>
    private bool Leave(long epoch)
    {
        var hasMoved = _hasMoved;
        _hasMoved = false;
        Volatile.Write(ref _epoch, 0);
        _left = hasMoved ? epoch : _left;
        return hasMoved;
    }
}
