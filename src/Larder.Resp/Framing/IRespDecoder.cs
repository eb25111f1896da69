namespace Larder.Resp;

/// <summary>
/// Turns a reply into what the caller wants, while it still lies in the buffer that it was received into. It runs on
/// the reader of the connection, in the order of the stream: after everything that the server sent before this reply,
/// and before anything that it sent afterwards is looked at.
/// </summary>
/// <remarks>
/// So it must be short, must not wait, and must not throw away time: every other reply waits behind it. What is long
/// (a big document to be deserialized) is copied out (<see cref="RespReader.GetBytes"/>) and decoded by the caller. What it
/// throws reaches the caller and does the connection no harm. An error reply is thrown and never reaches it.
/// </remarks>
/// <typeparam name="T">What the caller wants.</typeparam>
public interface IRespDecoder<out T>
{
    /// <summary>Decodes the reply; the reader stands on its first element.</summary>
    /// <param name="reply">The reply.</param>
    T Decode(ref RespReader reply);
}
