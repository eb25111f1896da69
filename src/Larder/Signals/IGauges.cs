namespace Larder.Signals;

/// <summary>What a cache can be asked about its present state, for the instruments that observe.</summary>
internal interface IGauges
{
    string CacheName { get; }

    CacheStatistics Statistics { get; }

    CacheCounters Counters { get; }

    /// <summary>Loads and refreshes that are running.</summary>
    int RunningFlights { get; }
}
