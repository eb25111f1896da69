using Larder.Coherence;
using Larder.Ports;
using Larder.Redis.Connecting;

namespace Larder.Redis.Linking;

/// <summary>The tier of one cache over one server, or over a cluster.</summary>
internal sealed class RedisSide
{
    private readonly Func<string?> _obstacle;

    private RedisSide(ITier tier, RedisLink? link, IClientSource clients, Func<string?> obstacle)
    {
        Tier = tier;
        Link = link;
        Clients = clients;
        _obstacle = obstacle;
    }

    internal ITier Tier { get; }

    internal ICoherence Coherence => (ICoherence)Tier;

    internal ITierHealth Health => (ITierHealth)Tier;

    /// <summary>The link to the one server; null over a cluster.</summary>
    internal RedisLink? Link { get; }

    /// <summary>Whose client is used besides the tier.</summary>
    internal IClientSource Clients { get; }

    /// <summary>Why Redis can not be used; null when it can, or when it is not known.</summary>
    internal string? Obstacle => _obstacle();

    internal static RedisSide Alone(RedisOptions options, RedisHub hub, Action? onCluster)
    {
        var link = new RedisLink(hub, options.Prefix, onCluster);
        return new RedisSide(new LinkedAuthority(link, Terms(options)), link, hub, () => hub.Obstacle);
    }

    internal static RedisSide OfCluster(RedisOptions options, ClusterHub hub) =>
        new(new ShardedAuthority(new RedisShards(hub, options.Prefix, options.ClusterRanges), Terms(options)), link: null, hub, () => hub.Obstacle);

    private static LinkedAuthorityOptions Terms(RedisOptions options) => new()
    {
        Level = options.Level,
        LeaseTime = options.CoherenceLease,
        WriteLeaseTime = options.WriteLease,
    };
}
