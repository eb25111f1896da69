namespace Larder.Ports;

/// <summary>
/// Why a command of an <see cref="IAuthorityShards"/> failed whose key lives elsewhere: it was certainly not carried out. Not an error; it is carried out again over
/// <see cref="IAuthorityShards.Strays"/>, and the connection goes on. One instance may be used many times.
/// </summary>
public sealed class AuthorityMovedException : Exception
{
    /// <summary>Makes one that says only that the key lives elsewhere.</summary>
    public AuthorityMovedException()
        : this("The key lives on another node of the store.")
    {
    }

    /// <summary>Makes one with a message.</summary>
    /// <param name="message">What is known; without keys, values or secrets.</param>
    public AuthorityMovedException(string message)
        : base(message)
    {
    }

    /// <summary>Makes one with a message and a cause.</summary>
    /// <param name="message">What is known; without keys, values or secrets.</param>
    /// <param name="innerException">The cause.</param>
    public AuthorityMovedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
