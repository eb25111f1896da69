namespace Larder.Resp.Commands;

/// <summary>Sends commands of many keys in pieces, all at once: a long command would hold up everybody else's, and in a cluster the keys of one must share a slot.</summary>
internal static class Chunks
{
    /// <param name="client">Where to.</param>
    /// <param name="all">The keys, each with what belongs to it.</param>
    /// <param name="width">How many arguments a key comes with, itself included.</param>
    /// <param name="send">Sends one piece.</param>
    internal static (Chunk Chunk, Task<T> Reply)[] Send<T>(
        RespClient client, ReadOnlyMemory<RespArgument> all, int width, Func<ReadOnlyMemory<RespArgument>, ValueTask<T>> send)
    {
        ArgumentNullException.ThrowIfNull(client);
        var chunks = client.Routing.UsesSlots ? BySlot(all, width) : InOrder(all, width);
        var sent = new (Chunk Chunk, Task<T> Reply)[chunks.Count];
        using (RespClient.Gather())
        {
            for (var i = 0; i < sent.Length; i++)
            {
                sent[i] = (chunks[i], send(chunks[i].Arguments).AsTask());
            }
        }

        // When one fails, the caller stops awaiting; the failures of the others must not surface as unobserved ones.
        foreach (var (_, reply) in sent)
        {
            _ = reply.ContinueWith(static done => done.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously | TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        }

        return sent;
    }

    private static List<Chunk> InOrder(ReadOnlyMemory<RespArgument> all, int width)
    {
        var chunks = new List<Chunk>();
        var length = RespStringCommands.ChunkLength * width;
        for (var at = 0; at < all.Length; at += length)
        {
            chunks.Add(new Chunk(all.Slice(at, Math.Min(length, all.Length - at)), at / width, null));
        }

        return chunks;
    }

    private static List<Chunk> BySlot(ReadOnlyMemory<RespArgument> all, int width)
    {
        var keys = all.Span;
        var places = new Dictionary<int, List<int>>();
        for (var i = 0; i < keys.Length / width; i++)
        {
            var slot = Topology.CommandSlot.Of(in keys[i * width]);
            if (!places.TryGetValue(slot, out var ofSlot))
            {
                places.Add(slot, ofSlot = []);
            }

            ofSlot.Add(i);
        }

        var chunks = new List<Chunk>();
        foreach (var piece in places.Values.SelectMany(static ofSlot => ofSlot.Chunk(RespStringCommands.ChunkLength)))
        {
            var arguments = new RespArgument[piece.Length * width];
            for (var i = 0; i < piece.Length; i++)
            {
                keys.Slice(piece[i] * width, width).CopyTo(arguments.AsSpan(i * width));
            }

            chunks.Add(new Chunk(arguments, 0, piece));
        }

        return chunks;
    }
}
