using Larder.Redis.Connecting;
using Microsoft.Extensions.Options;

namespace Larder.Redis.Wiring;

/// <summary>Gives caches that have no authority of their own their Redis, after everything else was set.</summary>
internal sealed class RedisJoining(IEnumerable<RedisUse> uses, IOptionsMonitor<RedisOptions> settings, RedisHubs hubs) : IPostConfigureOptions<CacheOptions>
{
    public void PostConfigure(string? name, CacheOptions options)
    {
        if (options.Authority is null && uses.Any(use => use.CacheName is null || use.CacheName == name))
        {
            var redis = settings.Get(name);
            options.Authority = new RedisAuthority(redis, hubs);
        }
    }
}
