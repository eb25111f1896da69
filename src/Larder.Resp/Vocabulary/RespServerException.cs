namespace Larder.Resp;

/// <summary>The server answered with an error.</summary>
public class RespServerException : RespException
{
    /// <summary>Makes an exception without a message of its own.</summary>
    public RespServerException()
    {
    }

    /// <summary>Makes an exception with a message.</summary>
    /// <param name="message">What happened and what to do about it.</param>
    public RespServerException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception with a message and its cause.</summary>
    /// <param name="message">What happened and what to do about it.</param>
    /// <param name="innerException">The cause.</param>
    public RespServerException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Makes the exception of an error reply.</summary>
    /// <param name="code">The first word of the reply, such as WRONGTYPE or ERR.</param>
    /// <param name="text">The whole reply.</param>
    public RespServerException(string code, string text)
        : base(text) => Code = code;

    /// <summary>The first word of the reply, such as WRONGTYPE or ERR; empty when there is none.</summary>
    public string Code { get; } = "";
}
