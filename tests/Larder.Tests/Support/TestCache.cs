namespace Larder.Tests.Support;

/// <summary>Caches as tests want them: on a clock that stands still.</summary>
internal static class TestCache
{
    internal static ICache Create(FakeClock clock, Action<CacheOptions>? configure = null, string name = "test") =>
        LarderCache.Create(
            options =>
            {
                options.TimeProvider = clock;
                options.ShowKeys = true;

                // Nobody moves the clock on during disposal.
                options.DrainTimeout = TimeSpan.Zero;
                configure?.Invoke(options);
            },
            name);

    internal static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    internal static TimeSpan Minutes(double minutes) => TimeSpan.FromMinutes(minutes);

    /// <summary>A factory that answers at once.</summary>
    internal static Func<CancellationToken, ValueTask<T>> Returns<T>(T value) => _ => new ValueTask<T>(value);

    /// <summary>A factory that must not be asked.</summary>
    internal static Func<CancellationToken, ValueTask<T>> Never<T>() =>
        _ => throw new InvalidOperationException("The source must not be asked here.");
}
