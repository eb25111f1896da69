namespace Larder;

/// <summary>The root of the exceptions that Larder itself throws. What a factory throws reaches its callers unchanged.</summary>
public class LarderException : Exception
{
    /// <summary>Makes an exception without a message of its own.</summary>
    public LarderException()
    {
    }

    /// <summary>Makes an exception with a message.</summary>
    /// <param name="message">What happened and what to do about it.</param>
    public LarderException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception with a message and its cause.</summary>
    /// <param name="message">What happened and what to do about it.</param>
    /// <param name="innerException">The cause.</param>
    public LarderException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
