namespace Larder.Resp.Pipelining;

/// <summary>Sends commands elsewhere when a server says that they belong there.</summary>
internal interface IRerouting
{
    /// <summary>
    /// Called on the reader with the error reply to the command's last part. True when the command, with the connection's hold
    /// on it, has been taken over; it must then be sent (after <see cref="Pending.ForgetReplies"/>) or ended, on another thread.
    /// </summary>
    bool TryReroute(Pending pending, RespReader error);
}
