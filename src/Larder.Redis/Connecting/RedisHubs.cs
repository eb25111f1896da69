using System.Collections.Concurrent;
using Larder.Resp;
using Microsoft.Extensions.Logging;

namespace Larder.Redis.Connecting;

/// <summary>The hubs of an application: one for each Redis and transport, however many caches use it.</summary>
internal sealed class RedisHubs(ILoggerFactory? loggers)
{
    // By connection string, or by the settings in code, which are equal only to themselves.
    private readonly ConcurrentDictionary<(object Connection, RedisTransport Transport), Lazy<RedisHub>> _hubs = new();

    internal RedisHub Of(RedisOptions options)
    {
        object connection = (object?)options.ConnectionString ?? options.Connection!;
        return _hubs.GetOrAdd((connection, options.Transport), key => new Lazy<RedisHub>(() => Make(key.Connection, key.Transport))).Value;
    }

    private RedisHub Make(object connection, RedisTransport transport)
    {
        var options = connection as RespOptions ?? RespOptions.Parse((string)connection);
        return new RedisHub(options.LoggerFactory is null ? options with { LoggerFactory = loggers } : options, transport == RedisTransport.Tracking);
    }
}
