namespace Larder.Resp;

/// <summary>No reply came within the time limit. The command may or may not have been carried out. The message says how the connection stood.</summary>
public sealed class RespTimeoutException : RespException
{
    /// <summary>Makes an exception without a message of its own.</summary>
    public RespTimeoutException()
    {
    }

    /// <summary>Makes an exception with a message.</summary>
    /// <param name="message">What happened and what to do about it.</param>
    public RespTimeoutException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception with a message and its cause.</summary>
    /// <param name="message">What happened and what to do about it.</param>
    /// <param name="innerException">The cause.</param>
    public RespTimeoutException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Makes an exception that says how the connection stood.</summary>
    /// <param name="message">What happened.</param>
    /// <param name="diagnostics">How the connection stood.</param>
    public RespTimeoutException(string message, RespDiagnostics diagnostics)
        : base($"{message} {diagnostics}") => Diagnostics = diagnostics;

    /// <summary>How the connection stood when the time was up; null when nobody said.</summary>
    public RespDiagnostics? Diagnostics { get; }
}
