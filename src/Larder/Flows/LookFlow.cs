using Larder.Entries;
using Larder.Fences;
using Larder.Ports;
using Larder.Tiers;

namespace Larder.Flows;

/// <summary>
/// Looks a key up below memory. A value counts only if every fence that it was stored under is still the authority's; a copy between memory and the authority only if
/// the authority still carries its token.
/// </summary>
internal sealed class LookFlow(CacheParts parts, TierChain chain, FenceFlow fences, Bodies bodies)
{
    /// <summary>Reads the key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="era">The stamp of the cache's fence, taken before.</param>
    /// <param name="settings">The options of whoever asks.</param>
    /// <param name="observation">Armed when the authority answers; null when nothing will be kept.</param>
    internal async ValueTask<Found<T>> FindAsync<T>(string key, FenceStamp era, EntrySettings settings, TierObservation? observation)
    {
        if (settings.Skips(SkipOf(chain.Authority.Kind, isWrite: false)))
        {
            return new Found<T>(TierStatus.Absent);
        }

        if (chain.Copies is { } copies && !settings.Skips(SkipOf(copies.Kind, isWrite: false)))
        {
            using var copy = await copies.GetAsync(key).ConfigureAwait(false);
            if (copy.HasValue)
            {
                using var head = await chain.Authority.PeekAsync(key, observation).ConfigureAwait(false);
                if (!head.HasValue)
                {
                    return new Found<T>(head.Status);
                }

                if (head.Token == copy.Token)
                {
                    return await OpenAsync<T>(key, era, settings, copy, copies.Kind).ConfigureAwait(false);
                }
            }
        }

        using var reading = await chain.Authority.GetAsync(key, observation).ConfigureAwait(false);
        if (!reading.HasValue)
        {
            return new Found<T>(reading.Status);
        }

        var found = await OpenAsync<T>(key, era, settings, reading, chain.Authority.Kind).ConfigureAwait(false);
        if (found.Entry is not null)
        {
            await CopyAsync(key, settings, in reading, found.Entry).ConfigureAwait(false);
        }

        return found;
    }

    /// <summary>Makes an entry of what a tier has, if it can be used.</summary>
    internal ValueTask<Found<T>> OpenAsync<T>(string key, FenceStamp era, EntrySettings settings, TierReading reading, CacheTier tier)
    {
        var unusable = new Found<T>(TierStatus.Done, reading.Token);
        if (!bodies.TryOpen(key, reading.Body, out var opened))
        {
            return new ValueTask<Found<T>>(unusable);
        }

        var stamps = bodies.StampsOf(in opened);
        var known = fences.KnowAsync(era, stamps);
        return known.IsCompletedSuccessfully
            ? new ValueTask<Found<T>>(Judge<T>(key, era, settings, tier, reading.Token, in opened, stamps, known.GetAwaiter().GetResult()))
            : JudgeAsync<T>(key, era, settings, tier, reading.Token, opened, stamps, known);
    }

    /// <summary>The flag that leaves a tier of this kind out.</summary>
    internal static CacheSkip SkipOf(CacheTier kind, bool isWrite) => (kind, isWrite) switch
    {
        (CacheTier.Disk, false) => CacheSkip.DiskRead,
        (CacheTier.Disk, true) => CacheSkip.DiskWrite,
        (_, false) => CacheSkip.RemoteRead,
        _ => CacheSkip.RemoteWrite,
    };
}
