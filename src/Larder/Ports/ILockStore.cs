namespace Larder.Ports;

/// <summary>
/// What a store that nodes share must be able to do to keep locks: three commands, each atomic. <c>LeasedLocks</c> makes locks of them, with renewal and the notice of a loss. Thread-safe.
/// </summary>
public interface ILockStore
{
    /// <summary>Takes the name for an owner, if nobody has it. Repeating it for the same owner while it has the name answers the same number.</summary>
    /// <param name="name">The name.</param>
    /// <param name="owner">Who takes it: random, of this attempt alone.</param>
    /// <param name="timeToLive">How long the owner has it unless it is prolonged.</param>
    /// <param name="cancellationToken">Ends the waiting; the name may be taken all the same.</param>
    /// <returns>A number larger than that of every earlier owner of the name; null when somebody else has it.</returns>
    /// <exception cref="Exception">Whatever the store throws when it can not be asked, or does not answer.</exception>
    ValueTask<long?> TryTakeAsync(string name, FenceToken owner, TimeSpan timeToLive, CancellationToken cancellationToken);

    /// <summary>Prolongs the owner's time, from now on, if it still has the name.</summary>
    /// <param name="name">The name.</param>
    /// <param name="owner">Who has it.</param>
    /// <param name="timeToLive">How long from now.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>False when the owner does not have it any more.</returns>
    /// <exception cref="Exception">Whatever the store throws when it can not be asked, or does not answer.</exception>
    ValueTask<bool> TryProlongAsync(string name, FenceToken owner, TimeSpan timeToLive, CancellationToken cancellationToken);

    /// <summary>Gives the name back, if the owner still has it.</summary>
    /// <param name="name">The name.</param>
    /// <param name="owner">Who has it.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>The task.</returns>
    /// <exception cref="Exception">Whatever the store throws when it can not be asked, or does not answer.</exception>
    ValueTask ReleaseAsync(string name, FenceToken owner, CancellationToken cancellationToken);
}
