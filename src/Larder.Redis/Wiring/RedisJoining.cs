using Larder.Redis.Connecting;
using Microsoft.Extensions.Options;

namespace Larder.Redis.Wiring;

/// <summary>Gives caches that have no authority of their own their Redis, after everything else was set.</summary>
internal sealed class RedisJoining(IEnumerable<RedisUse> uses, RegisteredCaches caches, IOptionsMonitor<RedisOptions> settings, RedisHubs hubs) : IPostConfigureOptions<CacheOptions>
{
    public void PostConfigure(string? name, CacheOptions options)
    {
        RefuseUnknown();
        if (options.Authority is null && uses.Any(use => use.CacheName is null || use.CacheName == name))
        {
            var redis = settings.Get(name);
            options.Authority = new RedisAuthority(redis, hubs);
        }
    }

    // Settings for a cache that is not there would be used by none, and nobody would hear of it.
    private void RefuseUnknown()
    {
        foreach (var use in uses)
        {
            if (use.CacheName is { } name && caches.Problem(name) is { } problem)
            {
                throw new OptionsValidationException(name, typeof(RedisOptions), [problem]);
            }
        }
    }
}
