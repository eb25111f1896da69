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

    /// <summary>The server stands still.</summary>
    PausedServer = 8,

    /// <summary>The server is killed and comes back empty.</summary>
    KilledServer = 16,

    /// <summary>Everything is flushed, scripts are forgotten, single keys vanish.</summary>
    LostKeys = 32,

    All = KilledNodes | PausedNodes | CutConnections | PausedServer | KilledServer | LostKeys,
}
