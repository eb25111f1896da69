using Larder.Resp;

namespace Larder.Redis.Connecting;

/// <summary>Who has the shared client, for commands beside those of the tier.</summary>
internal interface IClientSource
{
    /// <summary>Why there is no connection that caches may use, as far as is known; null when there is one.</summary>
    string? Obstacle { get; }

    /// <summary>
    /// The client, once there is a connection that caches may use: waits for it, at most as long as a command may take, and not at all while the server can not be used. With it the number of the connection, for
    /// commands that must not reach another server; 0 where each goes to whoever has its key.
    /// </summary>
    /// <exception cref="RespConnectionException">There is none; the message says why.</exception>
    ValueTask<(RespClient Client, long Epoch)> ClientAsync(CancellationToken cancellationToken);
}
