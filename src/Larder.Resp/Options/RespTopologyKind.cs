namespace Larder.Resp;

/// <summary>What kind of installation the end points belong to.</summary>
public enum RespTopologyKind
{
    /// <summary>Asks: Sentinel where a service is named, else what the first server that answers says of itself. The default.</summary>
    Auto = 0,

    /// <summary>One server, or one primary with replicas whose end points are all listed.</summary>
    Standalone = 1,

    /// <summary>The end points are Sentinels, which tell where the primary is.</summary>
    Sentinel = 2,

    /// <summary>Redis Cluster; any member that answers tells of the others.</summary>
    Cluster = 3,
}
