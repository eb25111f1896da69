using System.Buffers;
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
    internal async Task<Found<T>> FindAsync<T>(string key, FenceStamp era, EntrySettings settings, TierObservation? observation)
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

                // A copy that can not be used says nothing against what the authority has.
                if (head.Token == copy.Token && await OpenAsync<T>(key, era, settings, copy, copies.Kind).ConfigureAwait(false) is { Entry: not null } copied)
                {
                    return copied;
                }
            }
        }

        using var reading = await chain.Authority.GetAsync(key, observation).ConfigureAwait(false);
        var found = await OpenAsync<T>(key, era, settings, reading, chain.Authority.Kind).ConfigureAwait(false);
        if (found.Entry is not null)
        {
            await CopyAsync(key, settings, reading, found.Entry).ConfigureAwait(false);
        }

        return found;
    }

    /// <summary>True when there is more to look at than the authority. Without copies, <see cref="FindAsync"/> is a reading and its opening.</summary>
    internal bool HasCopies => chain.Copies is not null;

    /// <summary>What the authority has, for <see cref="TryOpen"/>.</summary>
    /// <param name="key">The key.</param>
    /// <param name="settings">The options of whoever asks.</param>
    /// <param name="observation">As for <see cref="FindAsync"/>.</param>
    internal ValueTask<TierReading> ReadAsync(string key, EntrySettings settings, TierObservation? observation) =>
        settings.Skips(SkipOf(chain.Authority.Kind, isWrite: false)) ? new ValueTask<TierReading>(TierReading.Absent) : chain.Authority.GetAsync(key, observation);

    /// <summary>
    /// Makes an entry of what the authority has, and gives the reading back. False when a fence has to be learnt first, which is rare: then <see cref="OpenOwnAsync"/> takes the reading over.
    /// </summary>
    internal bool TryOpen<T>(string key, FenceStamp era, EntrySettings settings, in TierReading reading, out Found<T> found)
    {
        if (!TryJudge(key, era, settings, in reading, chain.Authority.Kind, out found))
        {
            return false;
        }

        reading.Dispose();
        return true;
    }

    /// <summary>The same, once the fences are known.</summary>
    internal async Task<Found<T>> OpenOwnAsync<T>(string key, FenceStamp era, EntrySettings settings, TierReading reading)
    {
        using (reading)
        {
            return await OpenAsync<T>(key, era, settings, reading, chain.Authority.Kind).ConfigureAwait(false);
        }
    }

    /// <summary>Reads several keys: the authority is asked once, and fences are learnt in one go. Copies above it are asked once, too.</summary>
    /// <param name="keys">The keys.</param>
    /// <param name="era">The stamp of the cache's fence, taken before.</param>
    /// <param name="settings">The options of whoever asks.</param>
    /// <param name="observations">As many, each as for <see cref="FindAsync"/>.</param>
    internal async ValueTask<Found<T>[]> FindManyAsync<T>(string[] keys, FenceStamp era, EntrySettings settings, TierObservation?[] observations)
    {
        if (settings.Skips(SkipOf(chain.Authority.Kind, isWrite: false)))
        {
            return new Found<T>[keys.Length];
        }

        if (chain.Copies is { } copies && !settings.Skips(SkipOf(copies.Kind, isWrite: false)))
        {
            var found = new Found<T>[keys.Length];
            var rest = await FindCopiesAsync(copies, keys, era, settings, observations, found).ConfigureAwait(false);
            if (rest.Count > 0)
            {
                var among = await ReadManyAsync<T>(rest.ConvertAll(i => keys[i]).ToArray(), era, settings, rest.ConvertAll(i => observations[i]).ToArray()).ConfigureAwait(false);
                for (var i = 0; i < among.Length; i++)
                {
                    found[rest[i]] = among[i];
                }
            }

            return found;
        }

        return await ReadManyAsync<T>(keys, era, settings, observations).ConfigureAwait(false);
    }

    /// <summary>Reads several keys from the authority, and keeps copies of what it has.</summary>
    private async ValueTask<Found<T>[]> ReadManyAsync<T>(string[] keys, FenceStamp era, EntrySettings settings, TierObservation?[] observations)
    {
        var found = new Found<T>[keys.Length];
        if (await chain.Authority.GetManyAsync(keys, observations).ConfigureAwait(false) is not { } readings)
        {
            Array.Fill(found, new Found<T>(TierStatus.Unavailable));
            return found;
        }

        try
        {
            await OpenManyAsync(keys, era, settings, readings, found, chain.Authority.Kind).ConfigureAwait(false);
            for (var i = 0; chain.Copies is not null && i < found.Length; i++)
            {
                if (found[i].Entry is { } entry)
                {
                    await CopyAsync(keys[i], settings, readings[i], entry).ConfigureAwait(false);
                }
            }
        }
        finally
        {
            GiveBack(readings);
        }

        return found;
    }

    /// <summary>Answers the keys whose copies the authority confirms, or that it does not have. The others, by their places, are to be read from it.</summary>
    private async ValueTask<List<int>> FindCopiesAsync<T>(
        CopyTier copies, string[] keys, FenceStamp era, EntrySettings settings, TierObservation?[] observations, Found<T>[] found)
    {
        var rest = new List<int>();
        var readings = await copies.GetManyAsync(keys).ConfigureAwait(false) ?? new TierReading[keys.Length];
        try
        {
            // All are asked for before the first has answered.
            var heads = new ValueTask<TierReading>[keys.Length];
            for (var i = 0; i < keys.Length; i++)
            {
                heads[i] = readings[i].HasValue ? chain.Authority.PeekAsync(keys[i], observations[i]) : default;
            }

            var confirmed = new TierReading[keys.Length];
            for (var i = 0; i < keys.Length; i++)
            {
                using var head = await heads[i].ConfigureAwait(false);
                if (!readings[i].HasValue || (head.HasValue && head.Token != readings[i].Token))
                {
                    rest.Add(i);
                }
                else
                {
                    confirmed[i] = head.HasValue ? readings[i] : new TierReading(head.Status);
                }
            }

            await OpenManyAsync(keys, era, settings, confirmed, found, copies.Kind).ConfigureAwait(false);
            for (var i = 0; i < keys.Length; i++)
            {
                if (confirmed[i].HasValue && found[i].Entry is null)
                {
                    rest.Add(i);
                }
            }
        }
        finally
        {
            GiveBack(readings);
        }

        return rest;
    }

    private static void GiveBack(TierReading[] readings)
    {
        foreach (ref readonly var reading in readings.AsSpan())
        {
            reading.Dispose();
        }
    }

    private async ValueTask OpenManyAsync<T>(string[] keys, FenceStamp era, EntrySettings settings, TierReading[] readings, Found<T>[] found, CacheTier kind)
    {
        if (OpenKnown(keys, era, settings, readings, found, kind) is not { } waiting)
        {
            return;
        }

        await fences.KnowAllAsync(era, waiting.ConvertAll(static one => one.Stamps ?? [])).ConfigureAwait(false);
        var moment = bodies.Now;
        foreach (var (at, stamps) in waiting)
        {
            // Opened once more now that the fences are known, which they are from the second call on.
            if (bodies.TryOpen(keys[at], readings[at].Body, out var opened))
            {
                found[at] = Judge<T>(era, settings, readings[at].Token, kind, in opened, stamps, moment);
            }
        }
    }

    /// <summary>Opens what depends on known fences alone, which is nearly everything. The places of the rest; null when there is none.</summary>
    private List<(int At, TagStamp[]? Stamps)>? OpenKnown<T>(string[] keys, FenceStamp era, EntrySettings settings, TierReading[] readings, Found<T>[] found, CacheTier kind)
    {
        List<(int At, TagStamp[]? Stamps)>? waiting = null;
        var moment = bodies.Now;
        for (var i = 0; i < readings.Length; i++)
        {
            ref readonly var reading = ref readings[i];
            if (!reading.HasValue || !bodies.TryOpen(keys[i], reading.Body, out var opened))
            {
                found[i] = new Found<T>(reading.Status, reading.Token);
                continue;
            }

            var stamps = bodies.StampsOf(in opened);
            if (FenceFlow.AreKnown(era, stamps))
            {
                found[i] = Judge<T>(era, settings, reading.Token, kind, in opened, stamps, moment);
            }
            else
            {
                (waiting ??= []).Add((i, stamps));
            }
        }

        return waiting;
    }

    /// <summary>What the authority says of the key, its value left out; null when there is nothing that may be served.</summary>
    internal async ValueTask<PeekedHead?> PeekAsync(string key)
    {
        var era = parts.CacheFence.Stamp;
        using var reading = await chain.Authority.GetAsync(key, observation: null).ConfigureAwait(false);
        if (!reading.HasValue || !bodies.TryOpen(key, reading.Body, out var opened))
        {
            return null;
        }

        var stamps = bodies.StampsOf(in opened);
        await fences.KnowAsync(era, stamps).ConfigureAwait(false);
        return bodies.IsCurrent(in opened, era, stamps) ? bodies.HeadOf(in opened) : null;
    }

    /// <summary>Makes an entry of what a tier has, if it can be used.</summary>
    internal ValueTask<Found<T>> OpenAsync<T>(string key, FenceStamp era, EntrySettings settings, TierReading reading, CacheTier tier) =>
        TryJudge<T>(key, era, settings, in reading, tier, out var found) ? new ValueTask<Found<T>>(found) : LearnAndJudgeAsync<T>(key, era, settings, reading, tier);

    /// <summary>False when a fence is not known that the body depends on.</summary>
    private bool TryJudge<T>(string key, FenceStamp era, EntrySettings settings, in TierReading reading, CacheTier tier, out Found<T> found)
    {
        if (!reading.HasValue || !bodies.TryOpen(key, reading.Body, out var opened))
        {
            found = new Found<T>(reading.Status, reading.Token);
            return true;
        }

        var stamps = bodies.StampsOf(in opened);
        var areKnown = FenceFlow.AreKnown(era, stamps);
        found = areKnown ? Judge<T>(era, settings, reading.Token, tier, in opened, stamps, bodies.Now) : default;
        return areKnown;
    }

    private async ValueTask<Found<T>> LearnAndJudgeAsync<T>(string key, FenceStamp era, EntrySettings settings, TierReading reading, CacheTier tier)
    {
        // Opened once more: it is rare that a fence is not known.
        if (!bodies.TryOpen(key, reading.Body, out var opened))
        {
            return new Found<T>(reading.Status, reading.Token);
        }

        var stamps = bodies.StampsOf(in opened);
        await fences.KnowAsync(era, stamps).ConfigureAwait(false);
        return Judge<T>(era, settings, reading.Token, tier, in opened, stamps, bodies.Now);
    }

    /// <summary>The flag that leaves a tier of this kind out.</summary>
    internal static CacheSkip SkipOf(CacheTier kind, bool isWrite) => (kind, isWrite) switch
    {
        (CacheTier.Disk, false) => CacheSkip.DiskRead,
        (CacheTier.Disk, true) => CacheSkip.DiskWrite,
        (_, false) => CacheSkip.RemoteRead,
        _ => CacheSkip.RemoteWrite,
    };

    private Found<T> Judge<T>(
        FenceStamp era, EntrySettings settings, FenceToken token, CacheTier tier, in Opened opened, TagStamp[]? stamps, Moment moment)
    {
        // Fences that could not be learnt are unknown, and then nothing counts as current.
        var entry = bodies.IsCurrent(in opened, era, stamps) ? bodies.ToEntry(in opened, era, stamps, settings, token, moment, out T? value) : Nothing(out value);
        return new Found<T>(TierStatus.Done, token, entry, value, tier);
    }

    private static Entry? Nothing<T>(out T? value)
    {
        value = default;
        return null;
    }

    /// <summary>Keeps a copy of what the authority has. In memory of its own: a tier that is given up may still be reading it.</summary>
    private async ValueTask CopyAsync(string key, EntrySettings settings, TierReading reading, Entry entry)
    {
        if (chain.Copies is { } copies && !settings.Skips(SkipOf(copies.Kind, isWrite: true)))
        {
            var left = Math.Max(1, entry.KeptUntil - parts.Clock.Now);
            await copies.SetAsync(key, new TierWrite(new ReadOnlySequence<byte>(reading.Body.ToArray()), TimeSpan.FromMilliseconds(left)), reading.Token).ConfigureAwait(false);
        }
    }
}
