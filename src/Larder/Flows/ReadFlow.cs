using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Larder.Entries;
using Larder.Keys;

namespace Larder.Flows;

/// <summary>Look-ups that never ask the source.</summary>
internal sealed class ReadFlow(CacheParts parts, Serving serving)
{
    /// <summary>Hit and Stale, from memory alone.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal bool TryGet<T>(CacheView view, string key, [MaybeNullWhen(false)] out T value)
    {
        var result = Get<T>(key, view.Defaults, servesExpired: false);
        value = result.Value;
        return result.HasValue;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    internal CacheResult<T> Get<T>(CacheView view, string key, EntryOptions? options, CancellationToken cancellationToken)
    {
        options?.Check(nameof(options));
        cancellationToken.ThrowIfCancellationRequested();
        var settings = view.Defaults.Merge(options);
        return Get<T>(key, settings, settings.ServeExpired);
    }

    internal bool Exists(string key)
    {
        var now = parts.Clock.Now;
        return Living(key, now) is { } entry and not NotFoundEntry && entry.PhaseAt(now) <= Phase.Stale;
    }

    internal TimeSpan? TimeToLive(string key)
    {
        var now = parts.Clock.Now;
        return Living(key, now) is { } entry and not NotFoundEntry ? TimeSpan.FromMilliseconds(entry.GoneAt - now) : null;
    }

    private CacheResult<T> Get<T>(string key, EntrySettings settings, bool servesExpired)
    {
        var now = parts.Clock.Now;
        var entry = Living(key, now);
        if (entry is null || settings.Skips(CacheSkip.MemoryRead))
        {
            return serving.Absent<T>(key);
        }

        CacheStatus status;
        switch (entry.PhaseAt(now))
        {
            case Phase.Fresh or Phase.RefreshDue:
                status = CacheStatus.Hit;
                entry.Touch(now);
                break;
            case Phase.Stale:
                status = CacheStatus.Stale;
                break;
            case Phase.Expired when servesExpired:
                status = CacheStatus.Expired;
                break;
            default:
                return serving.Absent<T>(key);
        }

        return serving.TryAnswer<T>(entry, status, now, out var result) ? result : serving.Absent<T>(key);
    }

    private Entry? Living(string key, long now)
    {
        ArgumentNullException.ThrowIfNull(key);
        parts.ThrowIfClosed();
        KeyRules.Check(key, parts.MaximumKeyLength);
        return parts.Memory.Find(key) is { } entry && !serving.DropIfDead(entry, now) ? entry : null;
    }
}
