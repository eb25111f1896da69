using Larder.Redis.Connecting;
using Larder.Resp;

namespace Larder.Redis.Linking;

/// <summary>
/// What is sent in front of a command, and whose reply says nothing that the command's own does not say. An error ends the connection in place of that reply, which is not looked at; only a server without memory is
/// no reason, because the reply then tells what is there.
/// </summary>
internal sealed class Prelude(IRedisLink link, Replies replies) : IRespReplyHandler
{
    public void OnReply(ref RespReader reply)
    {
    }

    public void OnError(RespServerException error, long epoch)
    {
        if (error is RespRedirectException)
        {
            // The command behind it is sent away, too.
            return;
        }

        if (error.Code != Decoding.OutOfMemory && epoch == link.Epoch)
        {
            replies.RefuseInFront(epoch, Refusals.Of("what a command needs in front of it", error));
        }
    }

    public void OnFailure(Exception failure)
    {
        // The command behind it fails as well.
    }
}
