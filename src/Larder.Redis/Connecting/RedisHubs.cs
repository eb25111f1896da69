using System.Collections.Concurrent;
using Larder.Resp;
using Microsoft.Extensions.Logging;

namespace Larder.Redis.Connecting;

/// <summary>The hubs of an application: one for each Redis and transport, however many caches use it.</summary>
/// <param name="loggers">Where messages go, unless the settings of a connection say so; asked when there is one.</param>
internal sealed class RedisHubs(Func<ILoggerFactory?>? loggers)
{
    // By connection string, or by the settings in code, which are equal only to themselves.
    private readonly ConcurrentDictionary<(object Connection, RedisTransport Transport), Lazy<RedisHub>> _hubs = new();

    private readonly ConcurrentDictionary<object, Lazy<ClusterHub>> _clusters = new();

    /// <summary>The hub of a cluster.</summary>
    internal ClusterHub ClusterOf(RedisOptions options)
    {
        object connection = (object?)options.ConnectionString ?? options.Connection!;
        return _clusters.GetOrAdd(connection, key => new Lazy<ClusterHub>(() => new ClusterHub(Settings(key)))).Value;
    }

    /// <summary>How to connect, as the settings say.</summary>
    internal static RespOptions SettingsOf(RedisOptions options) => options.Connection ?? RespOptions.Parse(options.ConnectionString!);

    internal RedisHub Of(RedisOptions options)
    {
        object connection = (object?)options.ConnectionString ?? options.Connection!;
        return _hubs.GetOrAdd((connection, options.Transport), key => new Lazy<RedisHub>(() => Make(key.Connection, key.Transport))).Value;
    }

    private RedisHub Make(object connection, RedisTransport transport) => new(Settings(connection), transport == RedisTransport.Tracking);

    private RespOptions Settings(object connection)
    {
        var options = connection as RespOptions ?? RespOptions.Parse((string)connection);

        // The list may be one that the caller goes on filling, and is read again at each attempt to connect.
        options = options with { EndPoints = [.. options.EndPoints] };
        return Reconnecting.Soon(options.LoggerFactory is null && loggers is not null ? options with { LoggerFactory = new QuietLoggers(loggers) } : options);
    }
}
