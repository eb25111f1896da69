namespace Larder.Servers;

/// <summary>An error that a real server answered.</summary>
public sealed class RawErrorException : Exception
{
    /// <summary>Makes an exception without a message.</summary>
    public RawErrorException()
    {
    }

    /// <summary>Makes an exception with the server's text.</summary>
    public RawErrorException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception with the server's text and a cause.</summary>
    public RawErrorException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
