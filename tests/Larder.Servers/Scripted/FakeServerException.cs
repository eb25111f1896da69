namespace Larder.Servers;

/// <summary>A client did something else than the script expects, or nothing at all.</summary>
public sealed class FakeServerException : Exception
{
    /// <summary>Makes an exception without a message.</summary>
    public FakeServerException()
    {
    }

    /// <summary>Makes an exception with a message.</summary>
    public FakeServerException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception with a message and its cause.</summary>
    public FakeServerException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
