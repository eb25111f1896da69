namespace Larder.Integration.Tests.Histories;

/// <summary>What the processes of a run share.</summary>
internal enum HistoryPlace
{
    /// <summary>One server.</summary>
    Alone,

    /// <summary>A primary with two replicas, watched by three Sentinels.</summary>
    Sentinels,

    /// <summary>A cluster of three primaries with a replica each.</summary>
    Cluster,
}
