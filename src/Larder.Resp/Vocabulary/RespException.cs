namespace Larder.Resp;

/// <summary>The root of the exceptions that the client throws. No message of theirs holds a password, a key or a value.</summary>
public class RespException : Exception
{
    /// <summary>Makes an exception without a message of its own.</summary>
    public RespException()
    {
    }

    /// <summary>Makes an exception with a message.</summary>
    /// <param name="message">What happened and what to do about it.</param>
    public RespException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception with a message and its cause.</summary>
    /// <param name="message">What happened and what to do about it.</param>
    /// <param name="innerException">The cause.</param>
    public RespException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
