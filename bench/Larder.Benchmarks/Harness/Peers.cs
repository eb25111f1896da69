namespace Larder.Benchmarks.Harness;

/// <summary>Whom rows are compared with: what .NET brings along, and rows of our own.</summary>
internal static class Peers
{
    internal const string ConcurrentDictionary = "ConcurrentDictionary";
    internal const string MemoryCache = "MemoryCache";
    internal const string HitAsync = "hit/async";

    /// <summary>As many async methods as there are callers, which all await one plain task.</summary>
    internal const string OneTask = "one task";

    /// <summary>Removing one key of the same cache.</summary>
    internal const string RemoveKey = "remove/key";
}
