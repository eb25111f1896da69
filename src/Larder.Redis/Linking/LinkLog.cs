using Microsoft.Extensions.Logging;

namespace Larder.Redis.Linking;

/// <summary>Messages about nodes that use a cache in another way. No keys, values or secrets.</summary>
internal static partial class LinkLog
{
    [LoggerMessage(4, LogLevel.Warning, "Cache {Cache}: RedisOptions.Transport is Tracking here, but other nodes have PubSub, and empty their memory at every change that this node makes; set Transport to the same on all nodes.")]
    internal static partial void OthersListen(ILogger logger, string cache);

    [LoggerMessage(5, LogLevel.Warning, "Cache {Cache}: RedisOptions.Transport is PubSub here, but another node has Tracking, which does not publish what it changes, so memory is emptied at each of its changes; set Transport to the same on all nodes.")]
    internal static partial void OtherTracks(ILogger logger, string cache);
}
