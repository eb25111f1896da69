using Larder.Resp;

namespace Larder.Redis.Cascache;

/// <summary>Reads single values, each with its generation.</summary>
internal sealed class SingleReads<T>(CascacheCommands commands, KeyNames names, CascacheCodec<T> codec, CascacheCounters counters)
{
    /// <summary>How many keys are asked for in one go.</summary>
    private const int Chunk = 256;

    internal async ValueTask<CascacheResult<T>> ReadAsync(string key, CancellationToken cancellationToken)
    {
        var name = names.Single(key);
        ValueTask<Reply<byte[]?>> asked;
        ValueTask<Reply<GenerationReading>> generation;

        // The generation is read behind the value, so that it is never older than what it is compared with.
        using (RespClient.Gather())
        {
            asked = commands.GetAsync(name, cancellationToken);
            generation = commands.GetGenerationAsync(names.Generation(key), cancellationToken);
        }

        var frame = await asked.ConfigureAwait(false);
        var result = Open(frame, await generation.ConfigureAwait(false));
        counters.LookedUp(result.Reason);
        if (CascacheCodec<T>.Heals(result.Reason))
        {
            await commands.HealAsync(name, frame.Value, cancellationToken).ConfigureAwait(false);
        }

        return result;
    }

    internal async ValueTask ReadManyAsync(IReadOnlyList<string> keys, Dictionary<string, CascacheResult<T>> found, CancellationToken cancellationToken)
    {
        for (var start = 0; start < keys.Count; start += Chunk)
        {
            foreach (var (key, result) in Begin(keys, start, cancellationToken))
            {
                found[key] = await result.ConfigureAwait(false);
            }
        }
    }

    private List<(string Key, ValueTask<CascacheResult<T>> Result)> Begin(IReadOnlyList<string> keys, int start, CancellationToken cancellationToken)
    {
        var begun = new List<(string, ValueTask<CascacheResult<T>>)>(Math.Min(Chunk, keys.Count - start));
        using (RespClient.Gather())
        {
            for (var i = start; i < Math.Min(start + Chunk, keys.Count); i++)
            {
                begun.Add((keys[i], ReadAsync(keys[i], cancellationToken)));
            }
        }

        return begun;
    }

    private CascacheResult<T> Open(Reply<byte[]?> frame, Reply<GenerationReading> generation) =>
        !frame.IsAnswered ? new CascacheResult<T>(CascacheReason.Unavailable)
            : frame.Value is null ? new CascacheResult<T>(CascacheReason.Absent)
            : !generation.IsAnswered ? new CascacheResult<T>(CascacheReason.Unavailable)
            : codec.Open(frame.Value, generation.Value);
}
