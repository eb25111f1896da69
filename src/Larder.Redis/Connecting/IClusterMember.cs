using Larder.Resp;

namespace Larder.Redis.Connecting;

/// <summary>Who shares the connections to a cluster: all ranges of one cache.</summary>
internal interface IClusterMember
{
    /// <summary>What all names of this cache begin with, the last colon included.</summary>
    ReadOnlySpan<byte> Head { get; }

    /// <summary>Looks whether a range without a connection can have one now.</summary>
    /// <param name="isLate">True when nobody need wait any longer for those that have none.</param>
    void Look(bool isLate);

    /// <summary>A connection is gone. On its reader, behind everything that came on it.</summary>
    void Lost(long epoch);

    /// <summary>A node has lost slots to another one. On its reader, or on any thread when the connection is gone.</summary>
    void Moved(RespGap gap);

    /// <summary>What is kept under a name has changed. On the reader of the connection that says so, in its order.</summary>
    void Changed(ReadOnlySpan<byte> name, long epoch);

    /// <summary>Everything on that connection's node may have changed.</summary>
    void EverythingChanged(long epoch);
}
