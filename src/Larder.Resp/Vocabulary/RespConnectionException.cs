namespace Larder.Resp;

/// <summary>There is no connection, or it was lost, and the command has certainly not been carried out, or may safely be sent again.</summary>
public class RespConnectionException : RespException
{
    /// <summary>Makes an exception without a message of its own.</summary>
    public RespConnectionException()
    {
    }

    /// <summary>Makes an exception with a message.</summary>
    /// <param name="message">What happened and what to do about it.</param>
    public RespConnectionException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception with a message and its cause.</summary>
    /// <param name="message">What happened and what to do about it.</param>
    /// <param name="innerException">The cause.</param>
    public RespConnectionException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
