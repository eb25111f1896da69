namespace Larder.Resp.Signals;

/// <summary>What a node can be asked about its present state, for the instruments that observe.</summary>
internal interface IConnectionGauges
{
    /// <summary>Where the server listens.</summary>
    string EndPointName { get; }

    /// <summary>True when its connection is up.</summary>
    bool IsConnected { get; }

    /// <summary>Commands without a reply.</summary>
    int Depth { get; }

    /// <summary>Bytes sent on all its connections.</summary>
    long TotalSent { get; }

    /// <summary>Bytes received on all its connections.</summary>
    long TotalReceived { get; }
}
