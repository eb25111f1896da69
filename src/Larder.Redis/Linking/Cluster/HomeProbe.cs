using Larder.Redis.Connecting;
using Larder.Resp;

namespace Larder.Redis.Linking;

/// <summary>
/// The questions whether a node is new enough, as <see cref="Greeting"/> asks of a server that stands alone, and then whether it has the home of a range and carries out scripts. The second answer attaches the range, on the reader of
/// the connection.
/// </summary>
internal sealed class HomeProbe(RedisRange range, ClusterHub hub, long epoch) : IRespReplyHandler
{
    private bool _isRefused;

    /// <summary>What is asked first; what is asked then is up to the range.</summary>
    internal void AskForVersion() => hub.Post(new RespCommand("HELLO") { Epoch = epoch, Flags = RespFlags.NeverResend }, this, isTracked: false);

    public void OnReply(ref RespReader reply)
    {
        if (reply.IsAggregate)
        {
            if (Greeting.TooOld(reply.GetValue()) is { } obstacle)
            {
                _isRefused = true;
                hub.Refuse(obstacle, epoch);
            }
        }
        else if (_isRefused)
        {
            range.NotThere(epoch);
        }
        else
        {
            hub.ForgetRefusal(epoch);
            range.Attach(epoch);
        }
    }

    public void OnError(RespServerException error, long epochOfError)
    {
        _isRefused = true;
        if (Refusals.IsOfRights(error.Message))
        {
            hub.Refuse($"The server refuses commands ({error.Code}).{Refusals.Remedy(error)}", epoch);
        }

        range.NotThere(epoch);
    }

    public void OnFailure(Exception failure) => range.NotThere(epoch);
}
