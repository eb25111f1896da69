using Larder.Resp;

namespace Larder.Redis.Linking;

/// <summary>The question whether a node has the home of a range, and carries out scripts. The answer attaches the range, on the reader of the connection.</summary>
internal sealed class HomeProbe(RedisRange range, long epoch) : IRespReplyHandler
{
    public void OnReply(ref RespReader reply) => range.Attach(epoch);

    public void OnError(RespServerException error, long epochOfError) => range.NotThere(epoch);

    public void OnFailure(Exception failure) => range.NotThere(epoch);
}
