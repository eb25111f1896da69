using Larder.Redis.Layout;
using Larder.Redis.Scheduling;
using Larder.Resp;
using Microsoft.Extensions.Logging;

namespace Larder.Redis.Linking;

/// <summary>
/// Nodes of one cache that learn of changes in different ways. One with tracking says behind each of its changes, on the channel of those that listen to messages, that something has changed; to them that is a gap. Where nobody
/// listens that costs next to nothing. In the other direction nothing is needed: the server tells of every write.
/// </summary>
internal sealed class OtherTransport(KeyNames names, string cache, ILogger logger) : IRespReplyHandler
{
    private static readonly byte[] Message = "0 tracking -"u8.ToArray();

    private int _isTold;

    internal RespCommand Telling() => new("PUBLISH", names.Channel, Message);

    /// <summary>True for the message of a node with tracking, which is noted.</summary>
    internal bool IsHeard(ReadOnlySpan<byte> message)
    {
        var isHeard = message.SequenceEqual(Message);
        if (isHeard && Interlocked.Exchange(ref _isTold, 1) == 0)
        {
            Tell(static (logger, cache) => LinkLog.OtherTracks(logger, cache));
        }

        return isHeard;
    }

    public void OnReply(ref RespReader reply)
    {
        var hasListeners = reply.Type == RespType.Integer && reply.GetInt64() > 0;
        if (Interlocked.Exchange(ref _isTold, hasListeners ? 1 : 0) == 0 && hasListeners)
        {
            Tell(static (logger, cache) => LinkLog.OthersListen(logger, cache));
        }
    }

    public void OnError(RespServerException error, long epoch)
    {
        // A user who may not publish shares no cache with nodes that listen.
    }

    public void OnFailure(Exception failure)
    {
        // The command behind it fails as well.
    }

    // A logger is the application's code, and this is the reader.
    private void Tell(Action<ILogger, string> message) => Pauses.Start(() =>
    {
        message(logger, cache);
        return Task.CompletedTask;
    });
}
