using Larder.Resp;

namespace Larder.Redis.Connecting;

/// <summary>Where commands are given to.</summary>
internal interface IPosting
{
    /// <summary>Sends a command. Its handler is told exactly once, of a failure perhaps before this returns.</summary>
    void Post(in RespCommand command, IRespReplyHandler handler, bool isTracked);
}
