namespace Larder.Integration.Tests.Histories;

/// <summary>What may happen during a run.</summary>
[Flags]
internal enum Disturbances
{
    None = 0,

    /// <summary>Processes are killed, and others take their place.</summary>
    KilledNodes = 1,

    /// <summary>Processes stand still for up to three leases.</summary>
    PausedNodes = 2,

    /// <summary>The server closes connections.</summary>
    CutConnections = 4,

    /// <summary>A server stands still.</summary>
    PausedServer = 8,

    /// <summary>A server is killed and comes back empty; with replicas one of them may have taken its place.</summary>
    KilledServer = 16,

    /// <summary>Everything is flushed, scripts are forgotten, single keys vanish.</summary>
    LostKeys = 32,

    /// <summary>A replica takes the place of its primary.</summary>
    Failovers = 64,

    /// <summary>A slot of a cluster moves to another node, with its keys.</summary>
    MovedSlots = 128,

    /// <summary>What is done to processes, not to servers.</summary>
    OfNodes = KilledNodes | PausedNodes,

    All = OfNodes | CutConnections | PausedServer | KilledServer | LostKeys | Failovers | MovedSlots,
}
