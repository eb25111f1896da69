namespace Larder;

/// <summary>
/// The source did not answer within <see cref="EntryOptions.SourceTimeout"/> (or a refresh within
/// <see cref="EntryOptions.RefreshTimeout"/>), and there was no value to fall back on. The key is free again: the
/// next call asks the source anew, even if the factory never returns.
/// </summary>
public sealed class SourceTimeoutException : LarderException
{
    /// <summary>Makes an exception without a message of its own.</summary>
    public SourceTimeoutException()
    {
    }

    /// <summary>Makes an exception with a message.</summary>
    /// <param name="message">What happened and what to do about it.</param>
    public SourceTimeoutException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception with a message and its cause.</summary>
    /// <param name="message">What happened and what to do about it.</param>
    /// <param name="innerException">The cause.</param>
    public SourceTimeoutException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    internal SourceTimeoutException(string message, TimeSpan timeout)
        : base(message) => Timeout = timeout;

    /// <summary>The time that the source was given.</summary>
    public TimeSpan Timeout { get; }
}
