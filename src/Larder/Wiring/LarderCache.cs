using Larder.Scheduling;
using Larder.Wiring;

namespace Larder;

/// <summary>Makes caches without dependency injection.</summary>
/// <example><code>
/// await using var cache = LarderCache.Create(o => o.Defaults.FreshFor = TimeSpan.FromMinutes(1));
/// </code></example>
public static class LarderCache
{
    internal const string DefaultName = "default";

    /// <summary>Makes a cache. Whoever makes it disposes it.</summary>
    /// <param name="configure">Changes the settings; null for the defaults.</param>
    /// <param name="name">The name, for metrics, logs and messages: letters, digits, '-', '_', '.'.</param>
    /// <returns>The cache.</returns>
    /// <exception cref="ArgumentException">Settings are not acceptable; the message names all of them.</exception>
    public static ICache Create(Action<CacheOptions>? configure = null, string name = DefaultName)
    {
        ArgumentNullException.ThrowIfNull(name);
        var options = new CacheOptions();
        configure?.Invoke(options);
        return Create(options, name, new SystemScheduler(options.TimeProvider ?? TimeProvider.System));
    }

    /// <summary>The same over another scheduler, for simulations.</summary>
    internal static ICache Create(CacheOptions options, string name, Scheduler scheduler)
    {
        var problems = CacheOptionsRules.Problems(name, options);
        return problems.Count == 0
            ? CacheComposer.Compose(name, options, scheduler, options.LoggerFactory, scopes: null)
            : throw new ArgumentException(string.Join(" ", problems), nameof(options));
    }
}
