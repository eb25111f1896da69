namespace Larder.Resp;

/// <summary>The connection was lost after the command had been written and before it was answered: nobody knows whether the server has
/// carried it out, and it is not safe to send it again. Ask the server before you repeat it.</summary>
public sealed class RespIndeterminateException : RespException
{
    /// <summary>Makes an exception without a message of its own.</summary>
    public RespIndeterminateException()
    {
    }

    /// <summary>Makes an exception with a message.</summary>
    /// <param name="message">What happened and what to do about it.</param>
    public RespIndeterminateException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception with a message and its cause.</summary>
    /// <param name="message">What happened and what to do about it.</param>
    /// <param name="innerException">The cause.</param>
    public RespIndeterminateException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
