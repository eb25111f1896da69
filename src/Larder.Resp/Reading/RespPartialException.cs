namespace Larder.Resp;

/// <summary>A command was sent to several servers, and some of them failed. <see cref="Replies"/> says what each of them did.</summary>
public sealed class RespPartialException : RespException
{
    /// <summary>Makes an exception without a message of its own.</summary>
    public RespPartialException()
    {
    }

    /// <summary>Makes an exception with a message.</summary>
    /// <param name="message">What happened and what to do about it.</param>
    public RespPartialException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception with a message and its cause.</summary>
    /// <param name="message">What happened and what to do about it.</param>
    /// <param name="innerException">The cause.</param>
    public RespPartialException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Makes the exception of several replies.</summary>
    /// <param name="command">The name of the command.</param>
    /// <param name="replies">What each of the servers did; at least one of them failed.</param>
    public RespPartialException(string command, IReadOnlyList<RespShardReply> replies)
        : base(Describe(command, replies), replies.First(static one => one.Failure is not null).Failure) => Replies = replies;

    /// <summary>What each of the servers did.</summary>
    public IReadOnlyList<RespShardReply> Replies { get; } = [];

    private static string Describe(string command, IReadOnlyList<RespShardReply> replies)
    {
        ArgumentNullException.ThrowIfNull(replies);
        var failed = replies.Where(static one => one.Failure is not null).ToArray();
        return $"{command} failed on {failed.Length} of {replies.Count} servers. {string.Join(' ', failed.Select(static one => $"{one.EndPoint}: {one.Failure!.Message}"))}";
    }
}
