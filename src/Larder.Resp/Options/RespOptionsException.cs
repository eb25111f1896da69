namespace Larder.Resp;

/// <summary>
/// Settings of a client that can not be used: unknown, out of their limits, or contradicting each other. The message names
/// each setting, its value, the limit and the remedy; it never holds a password.
/// </summary>
public sealed class RespOptionsException : ArgumentException
{
    /// <summary>Makes an exception without a message of its own.</summary>
    public RespOptionsException()
    {
    }

    /// <summary>Makes an exception with a message.</summary>
    /// <param name="message">What is wrong and what to do about it.</param>
    public RespOptionsException(string message)
        : base(message) => Problems = [message];

    /// <summary>Makes an exception with a message and its cause.</summary>
    /// <param name="message">What is wrong and what to do about it.</param>
    /// <param name="innerException">The cause.</param>
    public RespOptionsException(string message, Exception? innerException)
        : base(message, innerException) => Problems = [message];

    internal RespOptionsException(IReadOnlyList<string> problems)
        : base(string.Join(" ", problems)) => Problems = problems;

    /// <summary>Each thing that is wrong, in the order in which it was found; all are found at once.</summary>
    public IReadOnlyList<string> Problems { get; } = [];
}
