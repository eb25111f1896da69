namespace Larder.Resp.Commands;

/// <summary>Splits long lists of keys into several commands, which are sent in one piece.</summary>
internal static class Chunks
{
    internal static Task<T>[] Send<T>(ReadOnlyMemory<RespArgument> all, int length, Func<ReadOnlyMemory<RespArgument>, ValueTask<T>> send)
    {
        var sent = new Task<T>[(all.Length + length - 1) / length];
        using (RespClient.Gather())
        {
            for (var i = 0; i < sent.Length; i++)
            {
                sent[i] = send(all.Slice(i * length, Math.Min(length, all.Length - (i * length)))).AsTask();
            }
        }

        // When one fails, the caller stops awaiting; the failures of the others must not surface as unobserved ones.
        foreach (var task in sent)
        {
            _ = task.ContinueWith(static done => done.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously | TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        }

        return sent;
    }
}
