namespace Larder.Ports;

/// <summary>Who has sent an <see cref="AuthorityCommand"/>. For each answer that is owed, one of the two members is called exactly once.</summary>
public interface IAuthorityCaller
{
    /// <summary>
    /// The store has answered. Called on the thread that reads the connection, in the order of its stream: returns quickly, never throws, and runs nothing of the application's.
    /// </summary>
    /// <param name="index">The command's <see cref="AuthorityCommand.Index"/>; for a command with several keys, plus the position of the key.</param>
    /// <param name="answer">The answer. Its body is valid during the call only.</param>
    void Answered(int index, in AuthorityAnswer answer);

    /// <summary>
    /// There will be no answer: the connection is lost, the store refused, or the answer made no sense. Whether the command was carried out is not known, unless the failure is an <see cref="AuthorityMovedException"/> or an <see cref="AuthorityRefusedException"/>. May be called on any thread; never throws.
    /// </summary>
    /// <param name="index">As for <see cref="Answered"/>.</param>
    /// <param name="failure">Why, for the log; without keys, values or secrets. May be null.</param>
    void Failed(int index, Exception? failure);

    /// <summary>
    /// Whoever waits for the answer may go on, on this thread. Called once for each command that was answered, after <see cref="Answered"/>, by links that say so
    /// (<see cref="IAuthorityLink.ResumesCallers"/>), and only by them. The default does nothing.
    /// </summary>
    /// <param name="index">The command's <see cref="AuthorityCommand.Index"/>.</param>
    void Resume(int index)
    {
    }
}
