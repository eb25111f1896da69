namespace Larder.Ports;

/// <summary>
/// Keeps the removals that a tier could not be told, in order, until it has been told. Without one a cache queues them in memory; a journal on disk makes them
/// survive a restart.
/// </summary>
/// <remarks>Appends and trims come one at a time from one cache; a journal is not shared by caches.</remarks>
public interface IJournal : IAsyncDisposable
{
    /// <summary>What the journal still holds from an earlier life of the process, oldest first.</summary>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>The removals.</returns>
    IAsyncEnumerable<JournalRecord> ReadAsync(CancellationToken cancellationToken);

    /// <summary>Appends a removal. When the task has ended it is as durable as the journal makes it.</summary>
    /// <param name="record">The removal.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>The task.</returns>
    /// <exception cref="IOException">It could not be kept: the removal that asked for it fails.</exception>
    ValueTask AppendAsync(JournalRecord record, CancellationToken cancellationToken);

    /// <summary>Forgets every record up to and including this one.</summary>
    /// <param name="sequence">The number of the record.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>The task.</returns>
    ValueTask TrimAsync(long sequence, CancellationToken cancellationToken);
}
