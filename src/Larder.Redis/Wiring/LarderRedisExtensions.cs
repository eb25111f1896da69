using Larder.Redis;
using Larder.Redis.Connecting;
using Larder.Redis.Wiring;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Larder;

/// <summary>Puts caches on Redis.</summary>
public static class LarderRedisExtensions
{
    /// <summary>
    /// Puts all caches of the application on one Redis: the default one and the named ones, those that are added later too. A cache whose <see cref="CacheOptions.Authority"/> is set keeps that one.
    /// </summary>
    /// <param name="builder">What AddLarder returned.</param>
    /// <param name="connectionString">Where Redis is, such as "localhost:6379" or "rediss://…"; see docs/resp.md.</param>
    /// <returns>The builder.</returns>
    /// <remarks>The caches share one connection, which is made in the background. Settings are checked when a cache is first resolved, with an <see cref="OptionsValidationException"/>.</remarks>
    /// <example><code>
    /// services.AddLarder().UseRedis("localhost:6379");
    /// </code></example>
    public static LarderBuilder UseRedis(this LarderBuilder builder, string connectionString)
    {
        ArgumentNullException.ThrowIfNull(connectionString);
        return builder.UseRedis(options => options.ConnectionString = connectionString);
    }

    /// <summary>The same with more settings.</summary>
    /// <param name="builder">What AddLarder returned.</param>
    /// <param name="configure">Changes the settings of all caches. Calling this again changes them further.</param>
    /// <returns>The builder.</returns>
    public static LarderBuilder UseRedis(this LarderBuilder builder, Action<RedisOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        builder.Services.ConfigureAll(configure);
        return Use(builder, cacheName: null);
    }

    /// <summary>Puts one named cache on Redis, or changes its settings where all are: what was set for all before applies to it first.</summary>
    /// <param name="builder">What AddLarder returned.</param>
    /// <param name="cacheName">The cache; "default" is the default one.</param>
    /// <param name="configure">Changes the settings of that cache.</param>
    /// <returns>The builder.</returns>
    /// <remarks>The cache may be added before or after. If it is not there when a cache is first resolved, an <see cref="OptionsValidationException"/> names those that are.</remarks>
    public static LarderBuilder UseRedis(this LarderBuilder builder, string cacheName, Action<RedisOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(cacheName);
        ArgumentNullException.ThrowIfNull(configure);
        builder.Services.Configure(cacheName, configure);
        return Use(builder, cacheName);
    }

    /// <summary>Puts one cache on Redis without dependency injection, with a connection of its own.</summary>
    /// <param name="options">The settings of the cache.</param>
    /// <param name="connectionString">Where Redis is, such as "localhost:6379" or "rediss://…"; see docs/resp.md.</param>
    /// <returns>The settings of the cache.</returns>
    /// <exception cref="ArgumentException">Settings are not acceptable; the message names all of them.</exception>
    /// <example><code>
    /// await using var cache = LarderCache.Create(o => o.UseRedis("localhost:6379"));
    /// </code></example>
    public static CacheOptions UseRedis(this CacheOptions options, string connectionString)
    {
        ArgumentNullException.ThrowIfNull(connectionString);
        return options.UseRedis(redis => redis.ConnectionString = connectionString);
    }

    /// <summary>The same with more settings.</summary>
    /// <param name="options">The settings of the cache.</param>
    /// <param name="configure">Changes the settings of its Redis.</param>
    /// <returns>The settings of the cache.</returns>
    /// <exception cref="ArgumentException">Settings are not acceptable; the message names all of them.</exception>
    public static CacheOptions UseRedis(this CacheOptions options, Action<RedisOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(configure);
        var redis = new RedisOptions();
        configure(redis);
        Redis.Options.RedisOptionsRules.Check(redis);
        options.Authority = new RedisAuthority(redis, new RedisHubs(() => options.LoggerFactory));
        return options;
    }

    private static LarderBuilder Use(LarderBuilder builder, string? cacheName)
    {
        var services = builder.Services;
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<RedisOptions>, RedisOptionsValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IPostConfigureOptions<CacheOptions>, RedisJoining>());
        services.TryAddSingleton(static provider =>
        {
            var loggers = provider.GetService<ILoggerFactory>();
            return new RedisHubs(() => loggers);
        });
        services.TryAddSingleton(new RegisteredCaches(services));
        services.AddSingleton(new RedisUse(cacheName));
        return builder;
    }
}
