using Larder.Resp;

namespace Larder.Redis.Connecting;

/// <summary>Opens a connection, which others use already, for a cache that came later: on its reader, too.</summary>
internal sealed class Latecomer(RedisHub hub, Action<long> open) : IRespReplyHandler
{
    public void OnReply(ref RespReader reply) => open(reply.Epoch);

    public void OnError(RespServerException error, long epoch) => hub.Drop(epoch);

    public void OnFailure(Exception failure)
    {
        // The connection is lost, or hangs; the next one is opened for everybody.
    }
}
