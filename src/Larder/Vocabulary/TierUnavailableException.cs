namespace Larder;

/// <summary>
/// A change could not be told to the tier that decides, so that the promise of a removal can not be given: the change is made in this process, and made below or not. Repeat it. The message names the tier, says
/// why as far as the tier knows, and what to do; it holds no keys, values or secrets. Reads never throw this: they go to the next tier, then to the source.
/// </summary>
public class TierUnavailableException : LarderException
{
    /// <summary>Makes an exception without a message of its own.</summary>
    public TierUnavailableException()
    {
    }

    /// <summary>Makes an exception with a message.</summary>
    /// <param name="message">What happened and what to do about it.</param>
    public TierUnavailableException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception with a message and its cause.</summary>
    /// <param name="message">What happened and what to do about it.</param>
    /// <param name="innerException">The cause.</param>
    public TierUnavailableException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
