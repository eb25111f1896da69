namespace Larder.Resp;

/// <summary>The server refused the user or the password. It is not asked again in haste; the settings must be mended first.</summary>
public sealed class RespAuthenticationException : RespConnectionException
{
    /// <summary>Makes an exception without a message of its own.</summary>
    public RespAuthenticationException()
    {
    }

    /// <summary>Makes an exception with a message.</summary>
    /// <param name="message">What happened and what to do about it.</param>
    public RespAuthenticationException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception with a message and its cause.</summary>
    /// <param name="message">What happened and what to do about it.</param>
    /// <param name="innerException">The cause.</param>
    public RespAuthenticationException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
