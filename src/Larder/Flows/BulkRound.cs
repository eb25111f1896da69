using Larder.Entries;

namespace Larder.Flows;

/// <summary>How far a call for many keys got without waiting.</summary>
internal sealed class BulkRound<T>
{
    /// <summary>The keys that the call loads itself; null when there are none.</summary>
    internal BulkBatch<T>? Own { get; set; }

    /// <summary>The keys that somebody else is loading, and those that can not go on yet.</summary>
    internal List<(BulkKey Key, LoadStep<T> Step)> Others { get; } = [];

    /// <summary>What was served though a refresh of it is due; null when nothing was.</summary>
    internal List<(BulkKey Key, Entry Entry)>? Due { get; set; }
}
