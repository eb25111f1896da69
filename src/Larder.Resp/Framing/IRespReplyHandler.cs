namespace Larder.Resp;

/// <summary>
/// Is told on the reader of the connection, in the order of the stream, what became of a command that was given to <see cref="RespClient.Post"/>: nobody awaits
/// it, and nothing is handed to the thread pool. One handler may serve many commands at once.
/// </summary>
/// <remarks>
/// <para>
/// For each command exactly one of the three is called, exactly once. <see cref="OnReply"/> and <see cref="OnError"/> come on the reader: after
/// everything that the server sent before, and before anything that it sent afterwards is looked at, pushes included. They must be short and must not wait. They may
/// give further commands to the client; what they give goes out in one piece when the reader has handled what it has received.
/// </para>
/// <para>
/// What <see cref="OnReply"/> or <see cref="OnError"/> throws ends the connection, as with <see cref="IRespStreamHandler.OnPush"/>: a reply whose place in the stream
/// mattered was heeded by half. What <see cref="OnFailure"/> throws is logged.
/// </para>
/// </remarks>
public interface IRespReplyHandler
{
    /// <summary>The reply, which is no error; the reader stands on its first element.</summary>
    /// <param name="reply">The reply. Nothing of it may be kept. <see cref="RespReader.Epoch"/> names the connection.</param>
    void OnReply(ref RespReader reply);

    /// <summary>The server answered with an error, to the command itself or to the CLIENT CACHING YES before it.</summary>
    /// <param name="error">The error.</param>
    /// <param name="epoch">The connection.</param>
    void OnError(RespServerException error, long epoch);

    /// <summary>
    /// No reply will be told: the connection was lost, the time is up, the connection that the command is bound to is not there, there is no room, or the client was
    /// disposed of. Called on any thread, and where the command could not be sent at all already before <see cref="RespClient.Post"/> returns. A reply that comes later is thrown away.
    /// </summary>
    /// <param name="failure">Why; what an awaiting caller would have been thrown.</param>
    void OnFailure(Exception failure);
}
