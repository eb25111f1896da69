namespace Larder.Ports;

/// <summary>
/// Tells the nodes of a cache what each of them removes, for the feed of applications (<see cref="ICache.SubscribeRemovals"/>); coherence does not depend on it. An <see cref="ITier"/> that implements it carries the
/// removals of the cache that it is the authority of. Thread-safe.
/// </summary>
public interface IRemovalChannel
{
    /// <summary>Joins the channel of a cache. Called once, before anything else; must return at once, and does not throw for a store that is away.</summary>
    /// <param name="host">The name of the cache, the clock, the log.</param>
    /// <param name="listener">Who is told what other nodes have removed, once <see cref="Listen"/> was called.</param>
    void Join(TierHost host, IRemovalListener listener);

    /// <summary>
    /// Begins to listen, and goes on when the store was away. Called when the first handler subscribes; later calls do nothing. As soon as the channel stands the listener is told that it has missed something, because nobody knows what
    /// was removed since the call.
    /// </summary>
    void Listen();

    /// <summary>Tells all other nodes. Called one at a time, so that a node's removals keep their order; repeated when it failed, so that others may hear of a removal twice.</summary>
    /// <param name="removals">The removals, a <see cref="RemovalKind.Gap"/> perhaps among them.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>True when they are on their way; false, or an exception, when that is not certain.</returns>
    ValueTask<bool> PublishAsync(ReadOnlyMemory<Removal> removals, CancellationToken cancellationToken);
}
