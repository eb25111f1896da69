using System.Net.Sockets;

namespace Larder.Resp.Connecting;

/// <summary>A socket and the stream over it.</summary>
/// <param name="Socket">The socket; null where a test brings its own stream.</param>
/// <param name="Stream">What is read from and written to.</param>
internal sealed record Link(Socket? Socket, Stream Stream)
{
    /// <summary>Ends both; what waits for them fails at once.</summary>
    internal void Close()
    {
        // The socket first: an encrypted stream that is closed first would still want to say good-bye.
        Socket?.Dispose();
        Stream.Dispose();
    }
}
