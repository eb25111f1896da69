using Larder.Redis;

namespace Larder.Node;

/// <summary>Makes the cache that the settings describe.</summary>
internal static class NodeCache
{
    internal static ICache Create(NodeSettings settings, RecentLog log) => LarderCache.Create(
        options =>
        {
            options.Defaults.FreshFor = settings.FreshFor;
            options.Defaults.StaleFor = settings.StaleFor;
            options.Defaults.FallbackFor = settings.FallbackFor;
            options.Defaults.SourceTimeout = settings.SourceTimeout;
            options.TimeProvider = settings.ClockError == TimeSpan.Zero ? null : new WrongClock(settings.ClockError);
            options.LoggerFactory = log;
            options.TierTimeout = settings.TierTimeout;
            options.LoadLease = settings.LoadLease;
            options.LoadWait = settings.LoadWait;
            options.QueueRemovals = settings.QueueRemovals;
            options.UseRedis(redis =>
            {
                redis.ConnectionString = settings.Server;
                redis.Prefix = settings.Prefix;
                redis.Level = settings.Level;
                redis.CoherenceLease = settings.Lease;
                redis.WaitReplicas = settings.WaitReplicas;
                redis.ClusterRanges = settings.ClusterRanges;
                redis.Transport = settings.OverMessages ? RedisTransport.PubSub : RedisTransport.Tracking;
            });
        },
        settings.Cache);
}
