namespace Larder.Ports;

/// <summary>
/// Whom a tier tells what other nodes, or the store itself, have changed. Implemented by the cache. All members are
/// synchronous, quick, never throw, and may be called from any thread; a tier whose answers arrive as one stream calls them on the
/// thread that reads the stream, in the stream's order, before it looks at the next answer. That order is what memory's
/// correctness rests on.
/// </summary>
public interface ITierListener
{
    /// <summary>
    /// The key was written, removed, expired or evicted. Memory drops it, and every armed <see cref="TierObservation"/> of it
    /// becomes void.
    /// </summary>
    /// <param name="key">The key as the cache gave it.</param>
    void KeyChanged(string key);

    /// <summary>
    /// Changes of these keys may have been missed, as of keys that have moved within the store. Memory drops them, and every <see cref="TierObservation"/> of them becomes void, armed or not. The default
    /// is <see cref="Missed"/>.
    /// </summary>
    /// <param name="areThey">Whether a key is one of them. Quick, thread-safe, never throws.</param>
    void KeysMissed(Func<string, bool> areThey) => Missed();

    /// <summary>The fence has moved or is gone. What was stored under its old token is not served any more.</summary>
    /// <param name="name">The fence.</param>
    void FenceMoved(FenceName name);

    /// <summary>
    /// Changes may have been missed: a connection was lost, messages are missing, the store was flushed. Everything in memory, every running load
    /// and every known fence is given up.
    /// </summary>
    void Missed();
}
