using Larder.Entries;
using Larder.Flights;

namespace Larder.Flows;

/// <summary>Turns entries and finished flights into answers, and counts them.</summary>
internal sealed class Serving(CacheParts parts)
{
    /// <summary>
    /// Drops an entry that nothing can be served from any more: a fence has moved, or its time is over. What is no value stays, and serves nobody here.
    /// </summary>
    internal bool DropIfDead(Entry entry, long now)
    {
        if (!entry.IsValue)
        {
            return true;
        }

        EvictionReason? reason = !entry.IsCurrent(parts.CacheFence) ? EvictionReason.Invalidated
            : entry.PhaseAt(now) == Phase.Gone ? EvictionReason.Expired
            : null;
        if (reason is not { } given)
        {
            return false;
        }

        parts.Memory.Drop(entry, given);
        parts.Report.Evicted(parts.Evictions);
        return true;
    }

    /// <summary>
    /// Answers from an entry. False when its stored form can not be read: it is dropped then, and the call is a miss.
    /// </summary>
    /// <exception cref="ValueTypeMismatchException">The entry holds a value of another type.</exception>
    internal bool TryAnswer<T>(Entry entry, CacheStatus status, long now, out CacheResult<T> result)
    {
        if (!TryRead(entry, out T? value, out var reading))
        {
            result = default;
            return false;
        }

        if (reading == EntryReading.WrongType)
        {
            throw Mismatch(entry.Key, entry.ValueType, typeof(T));
        }

        result = Result(entry, status, now, value, reading);
        return true;
    }

    /// <summary>The last resort of a caller who does not wait for the source any longer.</summary>
    internal bool TryFallBack<T>(string key, out CacheResult<T> result)
    {
        var now = parts.Clock.Now;
        if (now < parts.Gate.ServesUntil && parts.Memory.Find(key) is { } entry && !DropIfDead(entry, now)
            && TryRead(entry, out T? value, out var reading) && reading != EntryReading.WrongType)
        {
            result = Result(entry, CacheStatus.Fallback, now, value, reading);
            return true;
        }

        result = default;
        return false;
    }

    /// <summary>True when there is something to fall back on now.</summary>
    internal bool HasFallback(string key) =>
        parts.Clock.Now < parts.Gate.ServesUntil
        && parts.Memory.Find(key) is { IsValue: true } entry && entry.IsCurrent(parts.CacheFence) && entry.PhaseAt(parts.Clock.Now) != Phase.Gone;

    /// <summary>The answer of a caller whose own factory brought the value.</summary>
    internal CacheResult<T> OfOwnLoad<T>(Flight<T> flight)
    {
        parts.Report.Served(flight.Key, CacheStatus.Miss, CacheTier.Source, TimeSpan.Zero);
        return new CacheResult<T>(
            CacheStatus.Miss, CacheTier.Source, flight.Value, !flight.IsNotFound, TimeSpan.Zero, RemainingFreshness(flight));
    }

    /// <summary>The answer of a caller who waited for a flight that succeeded or fell back.</summary>
    internal CacheResult<T> OfFlight<T>(Flight flight, bool wantsCopy)
    {
        T? value = default;
        var reading = EntryReading.NotFound;
        if (!wantsCopy || flight.Entry is null || !TryRead(flight.Entry, out value, out reading))
        {
            reading = flight.ReadOutcome(out value);
        }

        if (reading == EntryReading.WrongType)
        {
            throw Mismatch(flight.Key, flight.ValueType, typeof(T));
        }

        var age = flight.Status != CacheStatus.Miss && flight.Entry is { } older
            ? TimeSpan.FromMilliseconds(Math.Max(0, parts.Clock.Now - older.CreatedAt))
            : TimeSpan.Zero;
        parts.Report.Served(flight.Key, flight.Status, flight.Tier, age);
        return new CacheResult<T>(flight.Status, flight.Tier, value, reading == EntryReading.Value, age, RemainingFreshness(flight));
    }

    /// <summary>The answer from an entry that was found in a lower tier.</summary>
    internal CacheResult<T> OfFound<T>(Entry entry, CacheStatus status, CacheTier tier, long now, T? value)
    {
        var age = TimeSpan.FromMilliseconds(Math.Max(0, now - entry.CreatedAt));
        var freshFor = TimeSpan.FromMilliseconds(Math.Max(0, Math.Min(entry.FreshUntil, entry.GoneAt) - now));
        parts.Report.Served(entry.Key, status, tier, age);
        return new CacheResult<T>(status, tier, value, entry is not NotFoundEntry, age, freshFor);
    }

    internal CacheResult<T> Absent<T>(string key)
    {
        parts.Report.Served(key, CacheStatus.Absent, CacheTier.None, TimeSpan.Zero);
        return default;
    }

    private CacheResult<T> Result<T>(Entry entry, CacheStatus status, long now, T? value, EntryReading reading)
    {
        var age = TimeSpan.FromMilliseconds(Math.Max(0, now - entry.CreatedAt));
        var freshFor = TimeSpan.FromMilliseconds(Math.Max(0, Math.Min(entry.FreshUntil, entry.GoneAt) - now));
        parts.Report.Served(entry.Key, status, CacheTier.Memory, age);
        return new CacheResult<T>(status, CacheTier.Memory, value, reading == EntryReading.Value, age, freshFor);
    }

    /// <summary>Reads the entry; drops it, and answers false, when its stored form is bad.</summary>
    private bool TryRead<T>(Entry entry, out T? value, out EntryReading reading)
    {
        try
        {
            reading = entry.Read(out value);
            return true;
        }
        catch (Exception failed)
        {
            parts.Memory.Drop(entry, EvictionReason.Unreadable);
            parts.Report.Unreadable(entry.Key, failed);
            parts.Report.Evicted(parts.Evictions);
            value = default;
            reading = EntryReading.NotFound;
            return false;
        }
    }

    private TimeSpan RemainingFreshness(Flight flight) =>
        (flight.IsStored || flight.Status == CacheStatus.Hit) && flight.Entry is { } entry
            ? TimeSpan.FromMilliseconds(Math.Max(0, Math.Min(entry.FreshUntil, entry.GoneAt) - parts.Clock.Now))
            : TimeSpan.Zero;

    private ValueTypeMismatchException Mismatch(string key, Type stored, Type asked) =>
        new($"{parts.Report.Show(key)} holds a {stored}, but a {asked} was asked for; use one type for a key, or another key.", stored, asked);
}
