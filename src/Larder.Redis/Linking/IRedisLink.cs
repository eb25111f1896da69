using Larder.Ports;

namespace Larder.Redis.Linking;

/// <summary>What replies need to know of the link that they came for.</summary>
internal interface IRedisLink
{
    /// <summary>The connection that counts; 0 when there is none.</summary>
    long Epoch { get; }

    /// <summary>Gives a connection up.</summary>
    void Drop(long epoch);

    /// <summary>Replaces a fence that another program has written over, which makes everything under it invalid, and reads it again.</summary>
    void Mend(long epoch, in AuthorityCommand command);

    /// <summary>The server says that registry and fences live elsewhere; the connection is as good as before.</summary>
    void HomeMoved(long epoch);
}
