namespace Larder.Ports;

/// <summary>
/// A store whose keys are spread over several nodes, and may move between them: all keys are cut into a fixed number of ranges, the same for every node of the cache, and each range has a home. Whoever
/// has such a store implements this, and gets the protocol of <see cref="IAuthorityLink"/> for each range from <c>ShardedAuthority</c>.
/// </summary>
/// <remarks>
/// <para>
/// <b>Homes.</b> At the home of a range live its registry, its bell and its fences, which always stay together. Its link is connected to whichever node of the store has the home at the moment. When the home
/// moves, the registry's commands fail with <see cref="AuthorityMovedException"/>, the link is dropped, and connects anew to wherever the home is.
/// </para>
/// <para>
/// <b>Strays.</b> A key usually lives on the same node as the home of its range. Where it does not, a command for it fails with <see cref="AuthorityMovedException"/>, before it was carried out, whether the link or
/// the store finds that out; the connection stays. Tracking is worth nothing for such a key, so it is asked for over <see cref="Strays"/>, and never kept in memory.
/// </para>
/// <para>
/// <b>Leaving.</b> A key that leaves a node is announced there like a change, in the stream of that node's connections, before the node answers anything about it as a stray. What left without such an
/// announcement is told with <see cref="IAuthorityLinkListener.KeysLeft"/> as soon as it is known.
/// </para>
/// </remarks>
public interface IAuthorityShards : IAsyncDisposable
{
    /// <summary>What the store is called in metrics, logs and health: a word such as "redis".</summary>
    string Name { get; }

    /// <summary>What answers are called in <see cref="CacheResult{T}.Tier"/>.</summary>
    CacheTier Kind { get; }

    /// <summary>How many ranges there are, from 1 to 1,024. All nodes of a cache need the same number.</summary>
    int Count { get; }

    /// <summary>The range of a key: the same on every node, whatever the store looks like at the moment.</summary>
    /// <param name="key">The key.</param>
    /// <returns>From 0 to <see cref="Count"/> − 1.</returns>
    int RangeOf(string key);

    /// <summary>The link to the home of a range. Its announcements keep their order (<see cref="IAuthorityLink.AnnouncesInOrder"/>).</summary>
    /// <param name="range">From 0 to <see cref="Count"/> − 1.</param>
    /// <returns>The same link each time. Disposed with this.</returns>
    IAuthorityLink Range(int range);

    /// <summary>
    /// The way to a key wherever it lives. It tracks nothing, announces nothing, and takes only commands about keys; a tracked read answers as such and is not tracked. It is connected for ever from its start on: each command fails by
    /// itself. Of several that are handed over together each is sent after the one before it was answered; when one fails, so do those behind it. Unlike other links it follows a key that moves, as long as it is certain
    /// that the command was not carried out.
    /// </summary>
    IAuthorityLink Strays { get; }
}
