using Larder.Resp.Connecting;

namespace Larder.Resp.Topology;

/// <summary>Knows where the primary of a group of servers is, and its replicas.</summary>
internal interface IPrimarySource : IEndPointSource, IAsyncDisposable
{
    /// <summary>True when another server can become the primary, so that it makes sense to look again.</summary>
    bool HasAlternatives { get; }

    /// <summary>Called with the end point of the primary when that is said to be another one than before; each source of news may say it.</summary>
    Action<RespEndPoint>? Changed { get; set; }

    /// <summary>The replicas, apart from the primary that was found.</summary>
    ValueTask<IReadOnlyList<RespEndPoint>> FindReplicasAsync(RespEndPoint primary);
}
