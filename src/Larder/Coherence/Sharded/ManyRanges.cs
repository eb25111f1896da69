using Larder.Ports;

namespace Larder.Coherence;

/// <summary>Calls about several keys or fences, carried out for all their ranges at once.</summary>
internal sealed class ManyRanges(Ranges ranges)
{
    internal async Task<TierReading[]> ReadAsync(
        int[] places, ReadOnlyMemory<string> keys, ReadOnlyMemory<TierObservation?> observations, CancellationToken cancellationToken)
    {
        var groups = RangeGroups.Of(places).ToArray();
        var reading = new Task<TierReading[]>[groups.Length];
        for (var i = 0; i < groups.Length; i++)
        {
            var (range, members) = groups[i];
            var line = ranges[range].Line;
            var round = new ReadManyRound(line, line.Epoch, RangeGroups.Pick(observations.Span, members));
            round.Send(RangeGroups.Pick(keys.Span, members));
            reading[i] = round.ResultAsync(cancellationToken).AsTask();
        }

        TierReading[][] answers;
        try
        {
            answers = await Task.WhenAll(reading).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            GiveBack(reading);
            throw;
        }

        var readings = new TierReading[keys.Length];
        for (var i = 0; i < groups.Length; i++)
        {
            var some = answers[i];
            for (var j = 0; j < some.Length; j++)
            {
                readings[groups[i].Value[j]] = some[j];
            }
        }

        return readings;
    }

    internal async Task<bool> RemoveAsync(int[] places, ReadOnlyMemory<string> keys, CancellationToken cancellationToken)
    {
        var removing = new List<Task<bool>>();
        foreach (var (range, members) in RangeGroups.Of(places))
        {
            removing.Add(ranges[range].Commands.RemoveAsync(RangeGroups.Pick(keys.Span, members), cancellationToken).AsTask());
        }

        var areRemoved = await Task.WhenAll(removing).ConfigureAwait(false);
        return Array.TrueForAll(areRemoved, static isRemoved => isRemoved);
    }

    /// <summary>
    /// Reads fences of several ranges. The one of any tag keeps its place among them: what stands before it is answered before it is asked for, because commands of several connections have no order. Tags among
    /// each other need none.
    /// </summary>
    internal async Task<FenceToken[]?> ReadFencesAsync(ReadOnlyMemory<FenceName> names, CancellationToken cancellationToken)
    {
        var anyTag = names.Span.IndexOf(FenceName.AnyTag);
        if (anyTag < 0)
        {
            return await ReadUnorderedAsync(names, cancellationToken).ConfigureAwait(false);
        }

        if (await ReadUnorderedAsync(names[..anyTag], cancellationToken).ConfigureAwait(false) is not { } before
            || await ReadUnorderedAsync(names.Slice(anyTag, 1), cancellationToken).ConfigureAwait(false) is not { } any
            || await ReadUnorderedAsync(names[(anyTag + 1)..], cancellationToken).ConfigureAwait(false) is not { } behind)
        {
            return null;
        }

        return [.. before, .. any, .. behind];
    }

    internal async Task<bool> SynchronizeAsync(IEnumerable<int> concerned, CancellationToken cancellationToken)
    {
        var synchronizing = new List<Task<bool>>();
        foreach (var range in concerned)
        {
            synchronizing.Add(ranges[range].SynchronizeAsync(cancellationToken).AsTask());
        }

        var areCertain = await Task.WhenAll(synchronizing).ConfigureAwait(false);
        return Array.TrueForAll(areCertain, static isCertain => isCertain) && (!ranges.AreStrict || ranges.HaveAgreed);
    }

    /// <summary>The caller has left: what had come already is given back, and what comes later gives itself back.</summary>
    private static void GiveBack(Task<TierReading[]>[] reading)
    {
        foreach (var some in reading)
        {
            if (some.IsCompletedSuccessfully)
            {
                foreach (ref var one in some.Result.AsSpan())
                {
                    one.Dispose();
                }
            }
        }
    }

    private async Task<FenceToken[]?> ReadUnorderedAsync(ReadOnlyMemory<FenceName> names, CancellationToken cancellationToken)
    {
        if (names.IsEmpty)
        {
            return [];
        }

        var groups = RangeGroups.Of(ranges.Of(names.Span)).ToArray();
        var reading = new Task<FenceToken[]?>[groups.Length];
        for (var i = 0; i < groups.Length; i++)
        {
            reading[i] = ranges[groups[i].Key].Commands.ReadFencesAsync(RangeGroups.Pick(names.Span, groups[i].Value), cancellationToken).AsTask();
        }

        var answers = await Task.WhenAll(reading).ConfigureAwait(false);
        var tokens = new FenceToken[names.Length];
        for (var i = 0; i < groups.Length; i++)
        {
            if (answers[i] is not { } some)
            {
                return null;
            }

            for (var j = 0; j < some.Length; j++)
            {
                tokens[groups[i].Value[j]] = some[j];
            }
        }

        return tokens;
    }
}
