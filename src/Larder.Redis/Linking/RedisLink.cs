using Larder.Ports;
using Larder.Redis.Connecting;
using Larder.Redis.Layout;
using Larder.Resp;

namespace Larder.Redis.Linking;

/// <summary>The connection of one cache to Redis: the commands of the protocol in Redis's own terms, over the client that all caches share.</summary>
/// <remarks>
/// Everything is sent bound to the present connection, and never again. What the server sends is handled on the reader, in its order; once the connection was given up nothing of it counts any more.
/// </remarks>
internal sealed class RedisLink : IAuthorityLink, IHubMember
{
    private readonly RedisHub _hub;
    private readonly string _prefix;
    private readonly Replies _replies;
    private IAuthorityLinkListener? _listener;
    private KeyNames? _names;
    private Sending? _sending;
    private long _epoch;
    private int _isDisposed;

    internal RedisLink(RedisHub hub, string prefix)
    {
        _hub = hub;
        _prefix = prefix;
        _replies = new Replies(this);
    }

    public string Name => "redis";

    public CacheTier Kind => CacheTier.Remote;

    public bool AnnouncesInOrder => true;

    /// <summary>The connection that counts; 0 when there is none.</summary>
    internal long Epoch => Volatile.Read(ref _epoch);

    ReadOnlySpan<byte> IHubMember.Head => Names.Head;

    private KeyNames Names => _names ?? throw new InvalidOperationException("The link was not started.");

    public void Start(TierHost host, IAuthorityLinkListener listener)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(listener);
        if (Interlocked.CompareExchange(ref _listener, listener, null) is not null)
        {
            throw new InvalidOperationException("The link was started before; make one for each tier.");
        }

        _names = new KeyNames(_prefix, host.CacheName);
        _sending = new Sending(this, _hub, _names, _replies);
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
        if (Interlocked.CompareExchange(ref _epoch, 0, epoch) == epoch)
        {
            _hub.Drop(epoch);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0 && _listener is { } listener)
        {
            var epoch = Interlocked.Exchange(ref _epoch, 0);
            if (epoch != 0)
            {
                listener.Disconnected(epoch);
            }

            await _hub.LeaveAsync(this).ConfigureAwait(false);
        }
    }

    void IHubMember.Connected(long epoch)
    {
        if (Volatile.Read(ref _isDisposed) == 0)
        {
            Volatile.Write(ref _epoch, epoch);
            _listener!.Connected(epoch);
        }
    }

    void IHubMember.Disconnected(long epoch)
    {
        Interlocked.CompareExchange(ref _epoch, 0, epoch);
        _listener!.Disconnected(epoch);
    }

    void IHubMember.EverythingChanged(long epoch)
    {
        if (epoch == Epoch)
        {
            _listener!.EverythingChanged();
        }
    }

    void IHubMember.Changed(ReadOnlySpan<byte> name, long epoch)
    {
        if (epoch != Epoch)
        {
            return;
        }

        if (KeyNames.TextIn(KeyNames.ValueRoom, name) is { } key)
        {
            _listener!.KeyChanged(key);
        }
        else if (KeyNames.FenceIn(name) is { } fence)
        {
            _listener!.FenceChanged(fence);
        }
    }
}
