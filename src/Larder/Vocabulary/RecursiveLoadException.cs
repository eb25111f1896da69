namespace Larder;

/// <summary>
/// A factory asked the cache for the key that it is itself loading, directly or through other loads. Waiting would
/// never end, so the inner call fails at once.
/// </summary>
public sealed class RecursiveLoadException : LarderException
{
    /// <summary>Makes an exception without a message of its own.</summary>
    public RecursiveLoadException()
    {
    }

    /// <summary>Makes an exception with a message.</summary>
    /// <param name="message">What happened and what to do about it.</param>
    public RecursiveLoadException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception with a message and its cause.</summary>
    /// <param name="message">What happened and what to do about it.</param>
    /// <param name="innerException">The cause.</param>
    public RecursiveLoadException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
