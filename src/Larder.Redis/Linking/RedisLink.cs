using Larder.Ports;
using Larder.Redis.Connecting;
using Larder.Redis.Layout;
using Larder.Resp;

namespace Larder.Redis.Linking;

/// <summary>The connection of one cache to Redis: the commands of the protocol in Redis's own terms, over the client that all caches share.</summary>
/// <remarks>
/// Everything is sent bound to the present connection, and never again. What the server sends is handled on the reader, in its order; once the connection was given up nothing of it counts any more.
/// </remarks>
internal sealed class RedisLink : IAuthorityLink, IHubMember, IRedisLink
{
    private readonly RedisHub _hub;
    private readonly string _prefix;
    private readonly Replies _replies;
    private readonly Action? _onCluster;

    // Where changes are told by messages, their reader and that of the connection are two: one of them at a time tells the listener.
    private readonly object _telling = new();
    private IAuthorityLinkListener? _listener;
    private KeyNames? _names;
    private Sending? _sending;
    private NewsReading? _news;
    private long _epoch;
    private int _isDisposed;

    internal RedisLink(RedisHub hub, string prefix, Action? onCluster = null)
    {
        _onCluster = onCluster;
        _hub = hub;
        _prefix = prefix;
        _replies = new Replies(this);
    }

    public string Name => "redis";

    public CacheTier Kind => CacheTier.Remote;

    public string? RegistryName => _names is { } names ? System.Text.Encoding.UTF8.GetString(names.Registry) : null;

    public bool AnnouncesInOrder => _hub.IsTracking;

    public bool ResumesCallers => true;

    /// <summary>The connection that counts; 0 when there is none.</summary>
    public long Epoch => Volatile.Read(ref _epoch);

    ReadOnlySpan<byte> IHubMember.Head => Names.Head;

    /// <summary>What the things of the cache are called.</summary>
    internal KeyNames Names => _names ?? throw new InvalidOperationException("The link was not started.");

    public void Start(TierHost host, IAuthorityLinkListener listener)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(listener);
        if (Interlocked.CompareExchange(ref _listener, listener, null) is not null)
        {
            throw new InvalidOperationException("The link was started before; make one for each tier.");
        }

        _names = new KeyNames(_prefix, host.CacheName);
        var announcing = AnnouncesInOrder ? null : new Announcing(_names);
        var others = new OtherTransport(_names, host.CacheName, host.CreateLogger(HubLog.Category));
        _news = announcing is null ? null : new NewsReading(this, _hub, announcing, others);
        _sending = new Sending(this, _hub, _names, announcing, _replies, others);
        _hub.Join(this);
    }

    public void Send(long epoch, params ReadOnlySpan<AuthorityCommand> commands)
    {
        if (epoch != Epoch || _sending is not { } sending)
        {
            foreach (ref readonly var command in commands)
            {
                command.Fail(null);
            }

            return;
        }

        sending.Send(epoch, commands);
    }

    public void Drop(long epoch)
    {
        // From here on nothing of it is delivered to this cache, whatever the others still hear.
        if (epoch != 0 && Interlocked.CompareExchange(ref _epoch, 0, epoch) == epoch)
        {
            _hub.Drop(epoch);
        }
    }

    /// <inheritdoc/>
    public void Mend(long epoch, in AuthorityCommand command) => _sending!.Mend(epoch, command);

    void IRedisLink.HomeMoved(long epoch)
    {
        // There is one server alone.
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0 || _listener is not { } listener)
        {
            return;
        }

        if (_news is not null)
        {
            await _news.DisposeAsync().ConfigureAwait(false);
        }

        var epoch = Interlocked.Exchange(ref _epoch, 0);
        if (epoch != 0)
        {
            Tell(() => listener.Disconnected(epoch));
        }

        await _hub.LeaveAsync(this).ConfigureAwait(false);
    }

    void IHubMember.Connected(long epoch)
    {
        if (Volatile.Read(ref _isDisposed) == 0)
        {
            Volatile.Write(ref _epoch, epoch);
            Tell(() => _listener!.Connected(epoch));
            _news?.Start();
        }
    }

    void IHubMember.Disconnected(long epoch)
    {
        Interlocked.CompareExchange(ref _epoch, 0, epoch);
        Tell(() => _listener!.Disconnected(epoch));
    }

    bool IHubMember.TryTurnToCluster()
    {
        _onCluster?.Invoke();
        return _onCluster is not null;
    }

    void IHubMember.EverythingChanged(long epoch)
    {
        if (epoch == Epoch)
        {
            EverythingChanged();
        }
    }

    void IHubMember.Changed(ReadOnlySpan<byte> name, long epoch)
    {
        if (epoch == Epoch)
        {
            Changed(name);
        }
    }

    /// <summary>Changes may have been missed.</summary>
    internal void EverythingChanged() => Tell(_listener!.EverythingChanged);

    /// <summary>What is kept under the name, its head taken off, has changed.</summary>
    internal void Changed(ReadOnlySpan<byte> name)
    {
        if (KeyNames.TextIn(KeyNames.ValueRoom, name) is { } key)
        {
            if (AnnouncesInOrder)
            {
                _listener!.KeyChanged(key);
            }
            else
            {
                Tell(() => _listener!.KeyChanged(key));
            }
        }
        else if (KeyNames.FenceIn(name) is { } fence)
        {
            Tell(() => _listener!.FenceChanged(fence));
        }
    }

    private void Tell(Action news)
    {
        if (AnnouncesInOrder)
        {
            news();
            return;
        }

        lock (_telling)
        {
            news();
        }
    }
}
