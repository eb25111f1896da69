namespace Larder.Resp;

/// <summary>The server sent something that is not RESP, or goes beyond a limit. The connection on which that happens is closed.</summary>
public sealed class RespProtocolException : RespException
{
    /// <summary>Makes an exception without a message of its own.</summary>
    public RespProtocolException()
    {
    }

    /// <summary>Makes an exception with a message.</summary>
    /// <param name="message">What happened and what to do about it.</param>
    public RespProtocolException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception with a message and its cause.</summary>
    /// <param name="message">What happened and what to do about it.</param>
    /// <param name="innerException">The cause.</param>
    public RespProtocolException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
