using System.Runtime.CompilerServices;
using Larder.Entries;
using Larder.Fences;
using Larder.Ports;
using Larder.Scheduling;
using Larder.Signals;

namespace Larder.Tiers;

/// <summary>
/// The path of a plain hit: one look-up, one clock read, two comparisons, one count; and of a stale value whose
/// refresh is under way already. Whatever is not that simple (a refresh is due, freshness slides, a copy is wanted, an
/// option says otherwise) is left to the flows. The public face calls it directly: a generic call through an interface
/// costs as much as the rest of a hit.
/// </summary>
/// <param name="memory">The entries.</param>
/// <param name="clock">The clock.</param>
/// <param name="gate">Until when memory may be served. Looked at before memory is.</param>
/// <param name="cacheFence">The fence of the whole cache.</param>
/// <param name="tagRemovals">Moves after every removal of a tag.</param>
/// <param name="counters">Where hits are counted.</param>
/// <param name="isPlain">False when no answer may take this path: memory is skipped by default, or somebody hears of every answer.</param>
internal sealed class MemoryHit(MemoryTier memory, Clock clock, CoherenceGate gate, FenceCell cacheFence, FenceCell tagRemovals, CacheCounters counters, bool isPlain)
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryGet<T>(string key, EntryOptions? options, out T? value)
    {
        if (IsServing(options, out var now) && memory.Find(key) is PlainEntry<T> entry && Accepts(entry, now))
        {
            value = entry.Value;
            return true;
        }

        value = default;
        return false;
    }

    internal bool TryGet<T>(ReadOnlySpan<char> key, EntryOptions? options, out T? value)
    {
        if (IsServing(options, out var now) && memory.Find(key) is PlainEntry<T> entry && Accepts(entry, now))
        {
            value = entry.Value;
            return true;
        }

        value = default;
        return false;
    }

    /// <summary>On a hit the key's buffer is given back; otherwise it is left to the caller, who needs the key.</summary>
    internal bool TryGet<T>(ref DefaultInterpolatedStringHandler key, EntryOptions? options, out T? value)
    {
        if (!TryGet(key.Text, options, out value))
        {
            return false;
        }

        key.Clear();
        return true;
    }

    internal bool TryResolve<T>(string key, EntryOptions? options, out CacheResult<T> result) =>
        TryResolve(IsServing(options, out var now) ? memory.Find(key) : null, now, out result);

    internal bool TryResolve<T>(ReadOnlySpan<char> key, EntryOptions? options, out CacheResult<T> result) =>
        TryResolve(IsServing(options, out var now) ? memory.Find(key) : null, now, out result);

    /// <summary>As above: the buffer is given back on a hit.</summary>
    internal bool TryResolve<T>(ref DefaultInterpolatedStringHandler key, EntryOptions? options, out CacheResult<T> result)
    {
        if (!TryResolve(key.Text, options, out result))
        {
            return false;
        }

        key.Clear();
        return true;
    }

    private bool TryResolve<T>(Entry? found, long now, out CacheResult<T> result)
    {
        if (found is PlainEntry<T> entry && Accepts(entry, now))
        {
            result = new CacheResult<T>(
                now < entry.PlainUntil ? CacheStatus.Hit : CacheStatus.Stale,
                CacheTier.Memory,
                entry.Value,
                hasValue: true,
                TimeSpan.FromMilliseconds(Math.Max(0, now - entry.CreatedAt)),
                TimeSpan.FromMilliseconds(Math.Max(0, Math.Min(entry.FreshUntil, entry.GoneAt) - now)));
            return true;
        }

        result = default;
        return false;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool IsServing(EntryOptions? options, out long now)
    {
        now = clock.Now;
        return isPlain && (options is null || options.IsPlain) && now < gate.ServesUntil;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool Accepts(Entry entry, long now)
    {
        if (!entry.IsCurrent(cacheFence, tagRemovals))
        {
            return false;
        }

        if (now >= entry.PlainUntil)
        {
            return IsServedStale(entry, now);
        }

        counters.Count(Counter.Hit);
        return true;
    }

    /// <summary>
    /// A stale value is served here while its refresh runs, or is held back after a failure: then there is nothing to
    /// do for it. Not when somebody measures the age of what is served.
    /// </summary>
    private bool IsServedStale(Entry entry, long now)
    {
        if (entry.PhaseAt(now) != Phase.Stale || entry.MayClaimRefresh(now) || LarderMeter.StaleAge.Enabled)
        {
            return false;
        }

        counters.Count(Counter.Stale);
        return true;
    }
}
