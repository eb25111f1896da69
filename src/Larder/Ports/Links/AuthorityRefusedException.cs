namespace Larder.Ports;

/// <summary>
/// Why a command of an <see cref="IAuthorityLink"/> failed that the store has no room for: it was certainly not carried out, or, for <see cref="AuthorityVerb.Remove"/>, nobody could be told of it. The connection is as good as
/// before and goes on. One instance may be used many times.
/// </summary>
public sealed class AuthorityRefusedException : Exception
{
    /// <summary>Makes one that says only that there is no room.</summary>
    public AuthorityRefusedException()
        : this("The store has no room for the command.")
    {
    }

    /// <summary>Makes one with a message.</summary>
    /// <param name="message">What is known; without keys, values or secrets.</param>
    public AuthorityRefusedException(string message)
        : base(message)
    {
    }

    /// <summary>Makes one with a message and a cause.</summary>
    /// <param name="message">What is known; without keys, values or secrets.</param>
    /// <param name="innerException">The cause.</param>
    public AuthorityRefusedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
