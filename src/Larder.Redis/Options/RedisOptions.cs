using Larder.Resp;

namespace Larder.Redis;

/// <summary>How a cache uses Redis. The settings are read once, when the cache is made; all nodes of one cache need the same prefix and lease, and should have the same level and transport.</summary>
/// <example><code>
/// services.AddLarder().UseRedis(o =>
/// {
///     o.ConnectionString = "localhost:6379";
///     o.Level = CoherenceLevel.Strict;
/// });
/// </code></example>
public sealed class RedisOptions
{
    /// <summary>
    /// Where Redis is, and how to log in: "localhost:6379", "redis://…", "rediss://…", "unix:///…"; docs/resp.md lists all settings. Default null: <see cref="Connection"/> is used. One of the two is needed.
    /// The cache connects in the background and goes on trying, so <c>abortConnect</c> and <c>backlogPolicy</c> have no effect here. The longest pause between its attempts is 2 s, unless <c>reconnectMaximum</c> is set to something else than
    /// the 30 s of the bare client.
    /// </summary>
    public string? ConnectionString { get; set; }

    /// <summary>The same as settings in code, for certificates, rotating secrets and the like. Default null: <see cref="ConnectionString"/> is used.</summary>
    public RespOptions? Connection { get; set; }

    /// <summary>
    /// What every name in Redis begins with, so that several applications share one server: letters, digits, '-', '_', '.', from 1 to 128 characters. Default "larder". An entry is kept under
    /// <c>prefix:cache:k:key</c>.
    /// </summary>
    public string Prefix { get; set; } = "larder";

    /// <summary>
    /// What other nodes may still serve after a change has completed; <see cref="CoherenceLevel.Bounded"/> by default. <see cref="RedisTransport.PubSub"/> allows only <see cref="CoherenceLevel.Eventual"/>.
    /// </summary>
    public CoherenceLevel Level { get; set; } = CoherenceLevel.Bounded;

    /// <summary>
    /// For how long a node may serve from its memory without having heard of Redis: 5 seconds by default, from 200 milliseconds to an hour, in whole milliseconds. At
    /// <see cref="CoherenceLevel.Bounded"/> the time that an old value may last; at <see cref="CoherenceLevel.Strict"/> about the time that a change takes when a node is dead. Not used at
    /// <see cref="CoherenceLevel.Eventual"/>.
    /// </summary>
    public TimeSpan CoherenceLease { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// For how long a Set keeps loads of other nodes away while its value is on the way: 10 seconds by default, from 1 millisecond to an hour. It ends with the value; the time only matters when the
    /// writer dies in between.
    /// </summary>
    public TimeSpan WriteLease { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// On a cluster: into how many ranges the slots are cut, each with a registry of its own; all nodes of a cache need the same number. 64 by default, a power of two from 1 to 1,024. More ranges leave fewer keys out of memory
    /// where a shard ends in the middle of one (such keys are read from Redis each time), and cost more renewals. Not used elsewhere.
    /// </summary>
    public int ClusterRanges { get; set; } = 64;

    /// <summary>How nodes learn of changes; <see cref="RedisTransport.Tracking"/> by default.</summary>
    public RedisTransport Transport { get; set; }

    /// <summary>
    /// How many replicas must have a removal, a Set or another change before it counts as done, and a lock before its owner may trust it, so that a failover does not bring the older value back. 0 by default: none. From 0 to 100. When fewer confirm it within
    /// <see cref="ReplicaTimeout"/>, the change is answered as not certain, although the primary has carried it out, and a lock is given back. Only with as many as there are replicas does it hold whichever of them takes over. What is loaded from the source is
    /// not confirmed.
    /// </summary>
    public int WaitReplicas { get; set; }

    /// <summary>How long <see cref="WaitReplicas"/> waits. 1 second by default, from 1 millisecond to a minute.</summary>
    public TimeSpan ReplicaTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The settings as they are now. <see cref="Connection"/> can not be changed, and stays the same object: caches that name the same one share a connection.
    /// </summary>
    internal RedisOptions Copy() => (RedisOptions)MemberwiseClone();
}
