using System.Collections.Concurrent;

namespace Larder.Redis.Linking;

/// <summary>Idle replies of one link, to be used again: one for each command that is under way at once.</summary>
internal sealed class Replies(IRedisLink link)
{
    private const int MostKept = 1_024;

    private readonly ConcurrentQueue<Reply> _idle = new();

    internal Reply Rent() => _idle.TryDequeue(out var reply) ? reply : new Reply(link, this);

    internal void Give(Reply reply)
    {
        if (_idle.Count < MostKept)
        {
            _idle.Enqueue(reply);
        }
    }
}
