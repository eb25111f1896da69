using Larder.Coherence;
using Larder.Entrance;
using Larder.Entries;
using Larder.Fences;
using Larder.Flights;
using Larder.Flows;
using Larder.Locks;
using Larder.Ports;
using Larder.Scheduling;
using Larder.Sealing;
using Larder.Signals;
using Larder.Tiers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Larder.Wiring;

/// <summary>Puts a cache together from checked settings: the one place where the rooms meet.</summary>
internal static class CacheComposer
{
    internal static Cache Compose(string name, CacheOptions options, Scheduler scheduler, ILoggerFactory? loggers, IServiceScopeFactory? scopes)
    {
        var log = loggers is null ? NullLogger.Instance : (ILogger)new QuietLogger(loggers.CreateLogger("Larder"));
        var counters = new CacheCounters();
        var report = new Report(name, counters, options.Events, log, new KeyDisplay(options.ShowKeys), new LogLimits(scheduler.Clock));
        var evictions = new EvictionLog(scheduler, options.Events is null ? null : report.Evicted);
        var fence = new FenceCell();
        var tags = new TagFences();
        var incoming = new IncomingFlow();
        var chain = Chain(options, scheduler, report);
        var locks = options.Locks ?? options.Authority as ILockProvider;
        var ownLocks = locks is null && chain is null ? new ProcessLocks(scheduler.Clock.TimeProvider) : null;
        var defaults = EntrySettings.Library.Merge(options.Defaults.Copy());
        var feed = new RemovalFeed(scheduler, failed => report.HandlerFailed("a removal handler", failed));
        var channel = options.RemovalChannel ?? options.Authority as IRemovalChannel;
        var parts = new CacheParts
        {
            CacheName = name,
            Counters = counters,
            Defaults = options.IsEnabled ? defaults : defaults.SwitchedOff(),
            Scheduler = scheduler,
            CacheFence = fence,
            Tags = tags,
            Evictions = evictions,
            Memory = new MemoryTier(options.MemoryLimit, fence, tags.Removals, scheduler, evictions),
            Seals = new Seals(
                options.Serializers.ToDictionary(),
                [.. options.SerializerFactories],
                options.Transformers.ToDictionary(),
                options.JsonOptions,
                (int)Math.Min(options.MaximumValueBytes, options.Authority?.MaximumBodyBytes ?? long.MaxValue)),
            Refreshes = new RefreshGate(options.MaxConcurrentRefreshes),
            Feed = feed,
            Channel = channel,
            TierTimeout = (long)options.TierTimeout.TotalMilliseconds,
            Sender = channel is null ? null : new RemovalSender(channel, scheduler, failed => report.HandlerFailed("the channel of removals", failed)),
            Report = report,
            Sizer = options.MemoryLimit.IsInBytes ? options.Sizer : null,
            Policy = options.TimelinePolicy,
            Chain = chain,
            Locks = locks ?? ownLocks,
            OwnLocks = ownLocks,
            MaximumKeyLength = options.MaximumKeyLength,
            IsEnabled = options.IsEnabled,
        };
        LarderMeter.Register(parts);
        var flows = new CacheFlows(parts, (long)options.DrainTimeout.TotalMilliseconds, options.Journal, options.QueueRemovals);
        incoming.Join(parts);
        var host = new TierHost(name, incoming, scheduler, log, loggers is null ? null : category => new QuietLogger(loggers.CreateLogger(category)));
        options.Copies?.Attach(host);
        options.Authority?.Attach(host);
        channel?.Join(host, feed);
        parts.Queue?.Start();
        return new Cache(flows, new ServiceScopes(scopes));
    }

    /// <summary>The tiers below memory; null when there are none. A cache that is switched off has them all the same: removals must reach other nodes.</summary>
    private static TierChain? Chain(CacheOptions options, Scheduler scheduler, Report report)
    {
        if (options.Authority is not { } tier)
        {
            return null;
        }

        var timeout = (long)options.TierTimeout.TotalMilliseconds;
        var copies = options.Copies is { } copyTier ? new CopyTier(copyTier, scheduler, timeout, report.TierFailed) : null;
        return new TierChain(new Authority(tier, scheduler, timeout, report.TierFailed), copies, tier as ICoherence)
        {
            LoadLease = options.LoadLease,
            LoadWait = options.LoadWait is { } wait ? (long)wait.TotalMilliseconds : null,
        };
    }
}
