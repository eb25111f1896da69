namespace Larder.Integration.Tests.Histories;

/// <summary>The servers of a run, and what may be done to them.</summary>
internal interface IHistoryStore : IAsyncDisposable
{
    /// <summary>How the processes find it.</summary>
    string ConnectionString { get; }

    /// <summary>What can be done to it.</summary>
    Disturbances Known { get; }

    /// <summary>What of a history nothing is promised of.</summary>
    IReadOnlyCollection<Doubt> Doubts { get; }

    /// <summary>Does something to the servers. One thing at a time.</summary>
    Task DisturbAsync(Disturbances kind);

    /// <summary>Comes back when they are whole again, and it is known what is in doubt. Called behind each disturbance.</summary>
    Task SettleAsync();
}
