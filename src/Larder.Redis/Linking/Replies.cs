using System.Collections.Concurrent;
using Larder.Resp;

namespace Larder.Redis.Linking;

/// <summary>Idle replies of one link, to be used again: one for each command that is under way at once.</summary>
internal sealed class Replies(IRedisLink link)
{
    private const int MostKept = 1_024;

    private readonly ConcurrentQueue<Reply> _idle = new();

    private Refusal? _refusal;

    /// <summary>A command was refused whose reply says nothing else: the next reply on that connection tells why it ends.</summary>
    internal void RefuseInFront(long epoch, RespServerException reason) => Volatile.Write(ref _refusal, new Refusal(epoch, reason));

    /// <summary>Why the connection has to end; null for no reason.</summary>
    internal RespServerException? RefusedInFront(long epoch) => Volatile.Read(ref _refusal) is { } refusal && refusal.Epoch == epoch ? refusal.Reason : null;

    internal Reply Rent() => _idle.TryDequeue(out var reply) ? reply : new Reply(link, this);

    internal void Give(Reply reply)
    {
        if (_idle.Count < MostKept)
        {
            _idle.Enqueue(reply);
        }
    }

    private sealed record Refusal(long Epoch, RespServerException Reason);
}
