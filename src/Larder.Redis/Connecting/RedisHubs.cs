using System.Collections.Concurrent;
using Larder.Resp;
using Microsoft.Extensions.Logging;

namespace Larder.Redis.Connecting;

/// <summary>The hubs of an application: one for each Redis, however many caches use it.</summary>
internal sealed class RedisHubs(ILoggerFactory? loggers)
{
    // By connection string, or by the settings in code, which are equal only to themselves.
    private readonly ConcurrentDictionary<object, Lazy<RedisHub>> _hubs = new();

    internal RedisHub Of(RedisOptions options)
    {
        object connection = (object?)options.ConnectionString ?? options.Connection!;
        return _hubs.GetOrAdd(connection, key => new Lazy<RedisHub>(() => Make(key))).Value;
    }

    private RedisHub Make(object connection)
    {
        var options = connection as RespOptions ?? RespOptions.Parse((string)connection);
        return new RedisHub(options.LoggerFactory is null ? options with { LoggerFactory = loggers } : options);
    }
}
