namespace Larder.Ports;

/// <summary>
/// A connection to a store that several nodes share: a small set of atomic commands, whose answers and the store's announcements of changes arrive as one stream.
/// Whoever has such a store implements this instead of <see cref="ITier"/> and gets the whole protocol of leases, fences and coherence on top, the same for
/// every store.
/// </summary>
/// <remarks>
/// <para>
/// <b>Order.</b> Commands that are handed over in one call reach the store one right after the other, and all commands of one connection are carried out in the order in
/// which they were handed over. Answers and announcements are delivered one at a time, in the order in which the store sent them, each before the next is looked at.
/// An announcement of a change precedes the answers to all commands that the store carried out after the change.
/// </para>
/// <para>
/// <b>Tracking.</b> A tracked read (see <see cref="AuthorityVerb"/>) makes the store announce the next change of that key or fence to this connection, whoever makes it, this
/// connection included, and also expiry and eviction; after one announcement the tracking is over. What is tracked belongs to the connection and ends with it. Missing keys are
/// tracked too.
/// </para>
/// <para>
/// <b>Never again.</b> A command is sent at most once, on the connection of the epoch that it was meant for: it is never repeated and never moved to another connection. When it is
/// not certain that the answer will come, the command fails.
/// </para>
/// </remarks>
public interface IAuthorityLink : IAsyncDisposable
{
    /// <summary>What the store is called in metrics, logs and health: a word such as "redis".</summary>
    string Name { get; }

    /// <summary>What answers are called in <see cref="CacheResult{T}.Tier"/>.</summary>
    CacheTier Kind { get; }

    /// <summary>What the registry of the nodes is called in the store, for messages to people who look there; null, the default, when that means nothing. Asked for once the link is started.</summary>
    string? RegistryName => null;

    /// <summary>
    /// True when announcements keep the order described above. False when they come as messages of their own, which may be late: then only
    /// <see cref="CoherenceLevel.Eventual"/> can be offered, every value, hold, removal and fence that changes is announced to everybody, and what is missing is announced as
    /// <see cref="IAuthorityLinkListener.EverythingChanged"/>. Such a link leaves out the announcements of its own changes: coming late, they would drop what was just stored.
    /// </summary>
    bool AnnouncesInOrder { get; }

    /// <summary>
    /// True when the link calls <see cref="IAuthorityCaller.Resume"/> behind each answer, on a thread that may run the application's code, so that the waiters of many answers go on together. False, the default: they
    /// are resumed on the thread pool, each by itself.
    /// </summary>
    bool ResumesCallers => false;

    /// <summary>
    /// Starts connecting, and goes on, connecting again whenever a connection is lost, until it is disposed. Called once; returns at once and does not throw for a store that is away.
    /// </summary>
    /// <param name="host">The clock, the logger, and the name of the cache.</param>
    /// <param name="listener">Whom to tell.</param>
    void Start(TierHost host, IAuthorityLinkListener listener);

    /// <summary>
    /// Hands commands over. Answers may come before this returns, on this thread, so whoever calls it holds no lock that a listener or an <see cref="IAuthorityCaller"/> takes. Each answer that is owed
    /// comes, or fails, exactly once; when the epoch is not that of the present connection the commands fail at once, on this thread.
    /// </summary>
    /// <param name="epoch">The connection that they are meant for, as told by <see cref="IAuthorityLinkListener.Connected"/>.</param>
    /// <param name="commands">The commands, one right after the other.</param>
    void Send(long epoch, params ReadOnlySpan<AuthorityCommand> commands);

    /// <summary>Gives up a connection that can not be trusted any more; after this returns no delivery from it begins, but the failures of what was under way. The link connects anew.</summary>
    /// <param name="epoch">The connection. When it is not the present one nothing happens.</param>
    void Drop(long epoch);
}
