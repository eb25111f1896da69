namespace Larder;

/// <summary>
/// What an application may be told about its cache, one call for each event. Set <see cref="CacheOptions.Events"/>;
/// implement only the methods that matter, the others do nothing.
/// </summary>
/// <remarks>
/// Called synchronously on the thread where it happens, by many threads at once, outside of all locks: return
/// quickly. An exception is logged and changes nothing for the caller. For dashboards prefer the meter, which costs a
/// memory hit next to nothing.
/// </remarks>
public interface ICacheEvents
{
    /// <summary>A call was answered.</summary>
    /// <param name="cache">The name of the cache.</param>
    /// <param name="key">The key.</param>
    /// <param name="status">How the answer was found.</param>
    /// <param name="tier">Where it was found.</param>
    void Served(string cache, string key, CacheStatus status, CacheTier tier)
    {
    }

    /// <summary>The source answered.</summary>
    /// <param name="cache">The name of the cache.</param>
    /// <param name="key">The key.</param>
    /// <param name="duration">How long it took.</param>
    /// <param name="isRefresh">True when it was asked in the background.</param>
    void SourceSucceeded(string cache, string key, TimeSpan duration, bool isRefresh)
    {
    }

    /// <summary>The source threw, was cancelled, or timed out.</summary>
    /// <param name="cache">The name of the cache.</param>
    /// <param name="key">The key.</param>
    /// <param name="exception">What it threw, or the time-out.</param>
    /// <param name="duration">How long it took.</param>
    /// <param name="isRefresh">True when it was asked in the background.</param>
    void SourceFailed(string cache, string key, Exception exception, TimeSpan duration, bool isRefresh)
    {
    }

    /// <summary>A value was stored.</summary>
    /// <param name="cache">The name of the cache.</param>
    /// <param name="key">The key.</param>
    void Stored(string cache, string key)
    {
    }

    /// <summary>A loaded value was served but not stored, because a removal, a Set, an Expire or a Clear came first.</summary>
    /// <param name="cache">The name of the cache.</param>
    /// <param name="key">The key.</param>
    void FencedOff(string cache, string key)
    {
    }

    /// <summary>Something was removed or expired through this cache.</summary>
    /// <param name="cache">The name of the cache.</param>
    /// <param name="removal">What was removed.</param>
    void Removed(string cache, Removal removal)
    {
    }

    /// <summary>An entry left memory without having been removed or replaced.</summary>
    /// <param name="cache">The name of the cache.</param>
    /// <param name="key">The key.</param>
    /// <param name="reason">Why.</param>
    void Evicted(string cache, string key, EvictionReason reason)
    {
    }

    /// <summary>A refresh was not started because <see cref="CacheOptions.MaxConcurrentRefreshes"/> were running.</summary>
    /// <param name="cache">The name of the cache.</param>
    /// <param name="key">The key.</param>
    void RefreshShed(string cache, string key)
    {
    }

    /// <summary>The cache was disposed before these removals could be told, and they are lost. Told once, at the end of the disposal, and only if there are any.</summary>
    /// <param name="cache">The name of the cache.</param>
    /// <param name="untold">Queued removals that the authority was not told of, unless a <see cref="CacheOptions.Journal"/> has them: it may still hold what was removed.</param>
    /// <param name="unsent">Removals that the feeds of other nodes were not told of.</param>
    void RemovalsLost(string cache, int untold, int unsent)
    {
    }
}
