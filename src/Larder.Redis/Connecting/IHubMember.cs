namespace Larder.Redis.Connecting;

/// <summary>Who shares a connection: the link of one cache. Told one thing at a time, on the thread that reads the connection, in the order of its stream.</summary>
internal interface IHubMember
{
    /// <summary>What all names of this cache begin with, the last colon included.</summary>
    ReadOnlySpan<byte> Head { get; }

    /// <summary>A connection can be used.</summary>
    void Connected(long epoch);

    /// <summary>The connection is gone.</summary>
    void Disconnected(long epoch);

    /// <summary>The server is a member of a cluster. False when the member can not use one.</summary>
    bool TryTurnToCluster();

    /// <summary>What is kept under a name has changed.</summary>
    /// <param name="name">The name, without the head; valid during the call.</param>
    /// <param name="epoch">The connection that says so.</param>
    void Changed(ReadOnlySpan<byte> name, long epoch);

    /// <summary>Everything may have changed.</summary>
    void EverythingChanged(long epoch);
}
