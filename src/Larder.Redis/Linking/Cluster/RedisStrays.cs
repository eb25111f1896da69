using Larder.Ports;
using Larder.Redis.Connecting;
using Larder.Redis.Layout;

namespace Larder.Redis.Linking;

/// <summary>The way of one cache to a key of a cluster wherever it is: by the client's map of the slots, and where the servers send it.</summary>
internal sealed class RedisStrays(RedisShards shards, ClusterHub hub) : IAuthorityLink, IRedisLink
{
    private const long OnlyEpoch = 1;

    private Sending? _sending;
    private bool _isDisposed;

    public string Name => "redis";

    public CacheTier Kind => CacheTier.Remote;

    public bool AnnouncesInOrder => false;

    public bool ResumesCallers => true;

    // Replies of any connection count.
    long IRedisLink.Epoch => 0;

    public void Start(TierHost host, IAuthorityLinkListener listener)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(listener);
        shards.Begin(host.CacheName);

        // Any home: there are no fences here, but refresh leases lie in the slots of their keys.
        var names = new KeyNames(shards.Prefix, host.CacheName, home: 0);
        _sending = new Sending(this, hub, names, announcing: null, new Replies(this)) { IsBound = false };
        listener.Connected(OnlyEpoch);
    }

    public void Send(long epoch, params ReadOnlySpan<AuthorityCommand> commands)
    {
        if (epoch != OnlyEpoch || Volatile.Read(ref _isDisposed) || _sending is not { } sending || !hub.IsConnected)
        {
            foreach (ref readonly var command in commands)
            {
                command.Fail(null);
            }
        }
        else if (commands.Length == 1)
        {
            sending.Send(0, commands);
        }
        else
        {
            new StrayTrain(sending, commands.ToArray()).Start();
        }
    }

    public void Drop(long epoch)
    {
    }

    public ValueTask DisposeAsync()
    {
        Volatile.Write(ref _isDisposed, true);
        return ValueTask.CompletedTask;
    }

    void IRedisLink.Mend(long epoch, in AuthorityCommand command) => command.Fail(null);

    void IRedisLink.HomeMoved(long epoch)
    {
        // Nothing of a home goes this way.
    }
}
