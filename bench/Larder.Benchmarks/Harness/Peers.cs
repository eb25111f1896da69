namespace Larder.Benchmarks.Harness;

/// <summary>Whom rows are compared with: what .NET brings along, and rows of our own.</summary>
internal static class Peers
{
    internal const string ConcurrentDictionary = "ConcurrentDictionary";
    internal const string MemoryCache = "MemoryCache";
    internal const string HitAsync = "hit/async";

    /// <summary>As many async methods as there are callers, which all await one plain task.</summary>
    internal const string OneTask = "one task";

    /// <summary>An awaited send and receive on a bare socket, one GET at a time.</summary>
    internal const string RawLoop1 = "raw loop 1";

    /// <summary>The same, 64 GETs in a piece.</summary>
    internal const string RawLoop64 = "raw loop 64";

    /// <summary>The same, 256 GETs in a piece.</summary>
    internal const string RawLoop256 = "raw loop 256";

    /// <summary>A hundred GETs of the same client, each awaited before the next.</summary>
    internal const string AwaitedGets = "100 awaited GETs";

    /// <summary>The same cache without an authority.</summary>
    internal const string WithoutAuthority = "without authority";

    /// <summary>Decoding the value alone.</summary>
    internal const string Decoding = "decoding alone";

    /// <summary>A hundred look-ups of one key each.</summary>
    internal const string SingleReads = "100 single reads";

    /// <summary>GETs of the bare client, one caller.</summary>
    internal const string RawGet1 = "raw GET 1";

    /// <summary>GETs of the bare client, 64 callers.</summary>
    internal const string RawGet64 = "raw GET 64";

    /// <summary>One MGET of the bare client.</summary>
    internal const string RawMget = "raw MGET 100";

    /// <summary>Removing one key of the same cache.</summary>
    internal const string RemoveKey = "remove/key";
}
