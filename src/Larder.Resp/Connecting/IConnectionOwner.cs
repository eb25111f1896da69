using Larder.Resp.Pipelining;

namespace Larder.Resp.Connecting;

/// <summary>Whoever keeps a connection.</summary>
internal interface IConnectionOwner
{
    /// <summary>A push that no command waits for. From the reader, in the order of the stream.</summary>
    void OnPush(RespConnection connection, ref RespReader push);

    /// <summary>Commands whose time is up; they are claimed, and it is for the owner to say so to their callers.</summary>
    void OnExpired(IReadOnlyList<Pending> expired);

    /// <summary>The last call, from the reader: what was not answered can be drained.</summary>
    void OnEnded(RespConnection connection, Exception reason);
}
