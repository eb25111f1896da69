using Larder.Resp;

namespace Larder.Redis.Cascache;

/// <summary>
/// Stores values whose keys have not changed. Where a script may touch the generation and the value, comparing and storing are one step; in a cluster that keeps them in
/// different slots the generation is compared first, which is what cascache itself does everywhere. A value that slips in between is of a generation that
/// is over, so nobody is served it; it can only push out a newer one.
/// </summary>
internal sealed class Stores(CascacheCommands commands, KeyNames names, CascacheOptions options)
{
    /// <summary>How many values are stored in one go.</summary>
    private const int Chunk = 256;

    internal async ValueTask<CascacheOutcome> StoreAsync(Draft draft, TimeSpan lifetime, CancellationToken cancellationToken)
    {
        if (draft.Forecast != CascacheOutcome.Stored)
        {
            return draft.Forecast;
        }

        var (generation, name) = (names.Generation(draft.Key), names.Single(draft.Key));
        if (commands.CanShareScript(generation, name))
        {
            return OutcomeOf(await commands.StoreAsync(generation, name, draft.Generation!.Value, draft.Frame, lifetime, cancellationToken).ConfigureAwait(false));
        }

        var current = await commands.GetGenerationAsync(generation, cancellationToken).ConfigureAwait(false);
        var forecast = Compare(current, draft);
        return forecast != CascacheOutcome.Stored
            ? forecast
            : OutcomeOf(await commands.SetAsync(name, draft.Frame, lifetime, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Stores each value by itself, in the order of the drafts.</summary>
    internal async ValueTask<CascacheOutcome[]> StoreEachAsync(IReadOnlyList<Draft> drafts, TimeSpan lifetime, CancellationToken cancellationToken)
    {
        var outcomes = new CascacheOutcome[drafts.Count];
        for (var start = 0; start < outcomes.Length; start += Chunk)
        {
            var begun = new ValueTask<CascacheOutcome>[Math.Min(Chunk, outcomes.Length - start)];
            using (RespClient.Gather())
            {
                for (var i = 0; i < begun.Length; i++)
                {
                    begun[i] = StoreAsync(drafts[start + i], lifetime, cancellationToken);
                }
            }

            for (var i = 0; i < begun.Length; i++)
            {
                outcomes[start + i] = await begun[i].ConfigureAwait(false);
            }
        }

        return outcomes;
    }

    /// <summary>Stores a bulk and its singles if no member has changed, else the singles that have not. The drafts are in the order of the keys.</summary>
    internal async ValueTask<CascacheOutcome[]> StoreBulkAsync(SortedKeys keys, Draft[] drafts, TimeSpan bulkLifetime, CancellationToken cancellationToken)
    {
        if (Array.Exists(drafts, static draft => draft.Forecast != CascacheOutcome.Stored))
        {
            return await StoreEachAsync(drafts, options.ValueLifetime, cancellationToken).ConfigureAwait(false);
        }

        var bulk = names.Bulk(keys);
        var frame = FrameOf(keys, drafts);
        if (!SharesScript(bulk, drafts))
        {
            return await StoreApartAsync(bulk, frame, drafts, bulkLifetime, cancellationToken).ConfigureAwait(false);
        }

        var (scriptKeys, arguments) = Script(bulk, frame, drafts, bulkLifetime);
        var reply = await commands.StoreManyAsync(scriptKeys, arguments, cancellationToken).ConfigureAwait(false);
        var outcomes = new CascacheOutcome[drafts.Length];
        for (var i = 0; i < outcomes.Length; i++)
        {
            // The first number is the outcome of the bulk.
            outcomes[i] = !reply.IsAnswered ? CascacheOutcome.Unavailable : reply.Value[1 + i] == 1 ? CascacheOutcome.Stored : CascacheOutcome.Changed;
        }

        return outcomes;
    }

    private async ValueTask<CascacheOutcome[]> StoreApartAsync(
        string bulk, byte[] frame, Draft[] drafts, TimeSpan bulkLifetime, CancellationToken cancellationToken)
    {
        var outcomes = await StoreEachAsync(drafts, options.ValueLifetime, cancellationToken).ConfigureAwait(false);
        if (frame.Length > 0 && Array.TrueForAll(outcomes, static outcome => outcome == CascacheOutcome.Stored))
        {
            await commands.SetAsync(bulk, frame, bulkLifetime, cancellationToken).ConfigureAwait(false);
        }

        return outcomes;
    }

    /// <summary>The frame of the bulk; empty when it is larger than the limit.</summary>
    private byte[] FrameOf(SortedKeys keys, Draft[] drafts)
    {
        var parts = new BulkPart[drafts.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            parts[i] = new BulkPart(keys.BytesOf(i), drafts[i].Generation!.Value, drafts[i].Frame[SingleFrame.HeaderLength..]);
        }

        return BulkWriter.LengthOf(parts) > options.MaximumBulkBytes ? [] : BulkWriter.Write(parts);
    }

    private bool SharesScript(string bulk, Draft[] drafts) => Array.TrueForAll(
        drafts, draft => commands.CanShareScript(bulk, names.Single(draft.Key)) && commands.CanShareScript(bulk, names.Generation(draft.Key)));

    private (RespArgument[] Keys, RespArgument[] Arguments) Script(string bulk, byte[] frame, Draft[] drafts, TimeSpan bulkLifetime)
    {
        var keys = new List<RespArgument>(1 + (2 * drafts.Length)) { bulk };
        var arguments = new List<RespArgument>(3 + (2 * drafts.Length))
        {
            frame, CascacheCommands.Milliseconds(bulkLifetime), CascacheCommands.Milliseconds(options.ValueLifetime),
        };
        foreach (var draft in drafts)
        {
            keys.Add(names.Generation(draft.Key));
            keys.Add(names.Single(draft.Key));
            arguments.Add(CascacheCommands.Text(draft.Generation!.Value));
            arguments.Add(draft.Frame);
        }

        return ([.. keys], [.. arguments]);
    }

    private static CascacheOutcome Compare(Reply<GenerationReading> current, Draft draft) =>
        !current.IsAnswered || !current.Value.IsReadable ? CascacheOutcome.Unavailable
            : current.Value.Value == draft.Generation ? CascacheOutcome.Stored : CascacheOutcome.Changed;

    private static CascacheOutcome OutcomeOf(Reply<bool> reply) =>
        !reply.IsAnswered ? CascacheOutcome.Unavailable : reply.Value ? CascacheOutcome.Stored : CascacheOutcome.Changed;
}
