namespace Larder.Ports;

/// <summary>
/// Whom an <see cref="IAuthorityLink"/> tells about its connection and about changes. Called one member at a time, on the thread that reads the connection, in the order of its stream. Never throws.
/// </summary>
public interface IAuthorityLinkListener
{
    /// <summary>A connection is up: nothing is tracked on it yet.</summary>
    /// <param name="epoch">Its number; larger than that of every connection before it.</param>
    void Connected(long epoch);

    /// <summary>
    /// The connection is gone. Called before <see cref="Connected"/> of the next one, and before or while what was under way fails. Also called, with 0, when the first attempt to connect has
    /// failed, so that nobody waits for it.
    /// </summary>
    /// <param name="epoch">Its number.</param>
    void Disconnected(long epoch);

    /// <summary>A tracked key has changed.</summary>
    /// <param name="key">The key.</param>
    void KeyChanged(string key);

    /// <summary>A tracked fence has changed.</summary>
    /// <param name="name">The fence.</param>
    void FenceChanged(FenceName name);

    /// <summary>
    /// Keys have left the store's node that this connection leads to, and what was tracked of them there is not announced any more. Unlike the others it may be called on any thread. The default
    /// treats everything as changed.
    /// </summary>
    /// <param name="areThey">Whether a key is one of them.</param>
    void KeysLeft(Func<string, bool> areThey) => EverythingChanged();

    /// <summary>The store was emptied, or announcements are missing: everything tracked may have changed.</summary>
    void EverythingChanged();
}
