namespace Larder.Resp;

/// <summary>More commands are waiting than the limit allows. The command was not sent.</summary>
public sealed class RespOverloadException : RespException
{
    /// <summary>Makes an exception without a message of its own.</summary>
    public RespOverloadException()
    {
    }

    /// <summary>Makes an exception with a message.</summary>
    /// <param name="message">What happened and what to do about it.</param>
    public RespOverloadException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception with a message and its cause.</summary>
    /// <param name="message">What happened and what to do about it.</param>
    /// <param name="innerException">The cause.</param>
    public RespOverloadException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
