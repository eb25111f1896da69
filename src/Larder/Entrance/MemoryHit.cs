using System.Runtime.CompilerServices;
using Larder.Entries;
using Larder.Fences;
using Larder.Flows;
using Larder.Scheduling;
using Larder.Signals;
using Larder.Tiers;

namespace Larder.Entrance;

/// <summary>
/// The path of a plain hit: one look-up, one clock read, two comparisons, one count. Whatever is not that simple (an
/// early refresh is due, freshness slides, a copy is wanted, an option says otherwise) is left to the flows.
/// </summary>
internal sealed class MemoryHit(CacheParts parts, CacheView view)
{
    private readonly MemoryTier _memory = parts.Memory;
    private readonly Clock _clock = parts.Clock;
    private readonly FenceCell _cacheFence = parts.CacheFence;
    private readonly CacheCounters _counters = parts.Counters;
    private readonly bool _isPlain = view.IsPlain && !parts.Report.HearsEveryAnswer;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryGet<T>(string key, EntryOptions? options, out T? value)
    {
        if (IsPlain(options) && _memory.Find(key) is PlainEntry<T> entry && Accepts(entry, out _))
        {
            value = entry.Value;
            return true;
        }

        value = default;
        return false;
    }

    internal bool TryGet<T>(ReadOnlySpan<char> key, EntryOptions? options, out T? value)
    {
        if (IsPlain(options) && _memory.Find(key) is PlainEntry<T> entry && Accepts(entry, out _))
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
        TryResolve(IsPlain(options) ? _memory.Find(key) : null, out result);

    internal bool TryResolve<T>(ReadOnlySpan<char> key, EntryOptions? options, out CacheResult<T> result) =>
        TryResolve(IsPlain(options) ? _memory.Find(key) : null, out result);

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

    private bool TryResolve<T>(Entry? found, out CacheResult<T> result)
    {
        if (found is PlainEntry<T> entry && Accepts(entry, out var now))
        {
            result = new CacheResult<T>(
                CacheStatus.Hit,
                CacheTier.Memory,
                entry.Value,
                hasValue: true,
                TimeSpan.FromMilliseconds(Math.Max(0, now - entry.CreatedAt)),
                TimeSpan.FromMilliseconds(Math.Min(entry.FreshUntil, entry.GoneAt) - now));
            return true;
        }

        result = default;
        return false;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool IsPlain(EntryOptions? options) => _isPlain && (options is null || options.IsPlain);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool Accepts(Entry entry, out long now)
    {
        now = _clock.Now;
        if (now >= entry.PlainUntil || !entry.IsCurrent(_cacheFence))
        {
            return false;
        }

        entry.Touch(now);
        _counters.Count(Counter.Hit);
        return true;
    }
}
