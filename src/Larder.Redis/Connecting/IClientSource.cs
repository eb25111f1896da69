using Larder.Resp;

namespace Larder.Redis.Connecting;

/// <summary>Who has the shared client, for commands that are bound to no connection.</summary>
internal interface IClientSource
{
    /// <summary>The client: waits for the first one, at most as long as a command may take.</summary>
    /// <exception cref="RespConnectionException">There is none, and no cache asks for one, or the time was up.</exception>
    ValueTask<RespClient> ClientAsync(CancellationToken cancellationToken);
}
