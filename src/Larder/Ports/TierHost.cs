using Larder.Scheduling;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Larder.Ports;

/// <summary>What a tier is given by the cache that it serves: whom to tell of changes, and the clock.</summary>
public sealed class TierHost
{
    private readonly Func<string, ILogger>? _loggers;

    /// <summary>Makes a host. The cache does this; others need it only to run a tier by itself, as tests do.</summary>
    /// <param name="cacheName">The name of the cache, which keeps the keys of caches on one store apart.</param>
    /// <param name="listener">Whom to tell of changes.</param>
    /// <param name="timeProvider">The clock and the timers; null for the system's.</param>
    /// <param name="logger">Where messages go; null for nowhere.</param>
    public TierHost(string cacheName, ITierListener listener, TimeProvider? timeProvider = null, ILogger? logger = null)
        : this(cacheName, listener, new SystemScheduler(timeProvider ?? TimeProvider.System), logger ?? NullLogger.Instance)
    {
    }

    internal TierHost(string cacheName, ITierListener listener, Scheduler scheduler, ILogger logger, Func<string, ILogger>? loggers = null)
    {
        ArgumentNullException.ThrowIfNull(cacheName);
        ArgumentNullException.ThrowIfNull(listener);
        CacheName = cacheName;
        Listener = listener;
        Scheduler = scheduler;
        Logger = logger;
        _loggers = loggers;
    }

    /// <summary>The name of the cache.</summary>
    public string CacheName { get; }

    /// <summary>Whom to tell of changes.</summary>
    public ITierListener Listener { get; }

    /// <summary>The clock and the timers of the cache.</summary>
    public TimeProvider TimeProvider => Scheduler.Clock.TimeProvider;

    /// <summary>Where messages go, under the category of the cache, "Larder". Keys, values and secrets never do.</summary>
    public ILogger Logger { get; }

    /// <summary>Where messages of the tier's own go, whose event ids would clash with those of the cache. A logger that throws is none: it fails nothing.</summary>
    /// <param name="category">The category, such as the name of the tier's library.</param>
    /// <returns>The logger; that of the cache where the host was made with one logger.</returns>
    public ILogger CreateLogger(string category)
    {
        ArgumentNullException.ThrowIfNull(category);
        return _loggers?.Invoke(category) ?? Logger;
    }

    /// <summary>The monotonic clock that every memory hit reads, in milliseconds; only differences mean anything, and it may lag by some milliseconds.</summary>
    public long Milliseconds => Scheduler.Clock.Now;

    /// <summary>The seam that simulations replace.</summary>
    internal Scheduler Scheduler { get; }
}
