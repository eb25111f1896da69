namespace Larder.Entries;

/// <summary>
/// The limits of an entry in milliseconds, jitter included. Entries stored with the same settings share one instance,
/// which keeps an entry small.
/// </summary>
internal sealed class Lifetime
{
    private Lifetime()
    {
    }

    internal long FreshFor { get; private init; }

    internal long StaleFor { get; private init; }

    internal long FallbackFor { get; private init; }

    /// <summary>The longest stay in memory; <see cref="long.MaxValue"/> when there is no cap.</summary>
    internal long MemoryFor { get; private init; }

    /// <summary>Zero when freshness does not slide.</summary>
    internal long SlidingFor { get; private init; }

    /// <summary>The age at which a hit starts an early refresh; <see cref="long.MaxValue"/> when none does.</summary>
    internal long RefreshAfter { get; private init; }

    /// <summary>How long "not found" is remembered. It has no stale or fallback time: the answer is worth nothing once it is old.</summary>
    internal long NotFoundFor { get; private init; }

    internal static Lifetime Of(EntrySettings settings, double factor)
    {
        var freshFor = Scale(settings.FreshFor);
        return new Lifetime
        {
            FreshFor = freshFor,
            StaleFor = Scale(settings.StaleFor),
            FallbackFor = Scale(settings.FallbackFor),
            MemoryFor = settings.MemoryFor == 0 ? long.MaxValue : Scale(settings.MemoryFor),
            SlidingFor = settings.SlidingFor == 0 ? 0 : Math.Max(1, Scale(settings.SlidingFor)),
            RefreshAfter = settings.RefreshAhead == 0 ? long.MaxValue : (long)(freshFor * settings.RefreshAhead),
            NotFoundFor = Scale(settings.NotFoundFor),
        };

        long Scale(long milliseconds) => (long)(milliseconds * factor);
    }

    /// <summary>The limits that an entry was stored with, as a lower tier kept them. Where they are those of the present settings no new instance is made.</summary>
    internal static Lifetime Restored(
        Lifetime? present, (long FreshFor, long StaleFor, long FallbackFor) windows, long memoryFor, long slidingFor, long refreshAfter) =>
        present is not null && windows == (present.FreshFor, present.StaleFor, present.FallbackFor)
        && (memoryFor, slidingFor, refreshAfter) == (present.MemoryFor, present.SlidingFor, present.RefreshAfter)
            ? present
            : new Lifetime
            {
                FreshFor = windows.FreshFor,
                StaleFor = windows.StaleFor,
                FallbackFor = windows.FallbackFor,
                MemoryFor = memoryFor,
                SlidingFor = slidingFor,
                RefreshAfter = refreshAfter,
            };

    /// <summary>The limits of a number stored with the same settings: it ends with its freshness.</summary>
    internal Lifetime OfNumber() => new() { FreshFor = FreshFor, MemoryFor = MemoryFor, RefreshAfter = long.MaxValue };

    /// <summary>The limits of a "not found" answer stored with the same settings.</summary>
    internal Lifetime OfNotFound() =>
        new() { FreshFor = NotFoundFor, MemoryFor = MemoryFor, RefreshAfter = long.MaxValue, NotFoundFor = NotFoundFor };
}
