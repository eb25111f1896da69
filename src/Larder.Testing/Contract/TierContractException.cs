namespace Larder.Testing;

/// <summary>A tier breaks its contract. The message says what was expected and what was seen.</summary>
public sealed class TierContractException : Exception
{
    /// <summary>Makes the exception.</summary>
    public TierContractException()
        : this("The tier breaks its contract.")
    {
    }

    /// <summary>Makes the exception.</summary>
    /// <param name="message">What was expected and what was seen.</param>
    public TierContractException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the exception.</summary>
    /// <param name="message">What was expected and what was seen.</param>
    /// <param name="innerException">What the tier threw.</param>
    public TierContractException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
