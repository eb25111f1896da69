namespace Larder.Resp;

/// <summary>A reply is well formed but of another type than was asked for. The connection goes on.</summary>
public sealed class RespReplyException : RespException
{
    /// <summary>Makes an exception without a message of its own.</summary>
    public RespReplyException()
    {
    }

    /// <summary>Makes an exception with a message.</summary>
    /// <param name="message">What happened and what to do about it.</param>
    public RespReplyException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception with a message and its cause.</summary>
    /// <param name="message">What happened and what to do about it.</param>
    /// <param name="innerException">The cause.</param>
    public RespReplyException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
