namespace Larder.Resp.Pipelining;

/// <summary>Sends commands elsewhere when a server says that they belong there.</summary>
internal interface IRerouting
{
    /// <summary>
    /// Called on the reader with the error reply to the command's last part. True when the command, with the connection's hold
    /// on it, has been taken over; it must then be sent (after <see cref="Pending.ForgetReplies"/>) or ended, on another thread.
    /// </summary>
    bool TryReroute(Pending pending, RespReader error);

    /// <summary>Called on the reader with an error reply to an earlier part. True when it says that the part was not carried out, and where or when it could be.</summary>
    bool IsRefusal(Pending pending, RespReader error);
}
