namespace Larder.Resp;

/// <summary>
/// A handler that has more to do than fits on the reader: whoever waits for the outcome is to go on. It is called once more for each reply, soon afterwards, where callers may run, together with
/// those of other replies that came in one piece; what they send goes out in one piece.
/// </summary>
public interface IRespResumingHandler : IRespReplyHandler
{
    /// <summary>
    /// Follows each <see cref="IRespReplyHandler.OnReply"/> and <see cref="IRespReplyHandler.OnError"/>, once, on a thread that may run the application's code; it may already be at the next reply's on another thread.
    /// Does not follow <see cref="IRespReplyHandler.OnFailure"/>. What it throws is logged.
    /// </summary>
    void Resume();
}
