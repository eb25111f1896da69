using System.Runtime.CompilerServices;
using Larder.Ports;

namespace Larder.Simulation.Tests;

/// <summary>The journal of one node, which outlives its process. Every call takes a step before it does something, and one after it.</summary>
internal sealed class KeptJournal(World world, SimulatedProcess process) : IJournal
{
    private readonly List<JournalRecord> _kept = process.Journal;

    public async IAsyncEnumerable<JournalRecord> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Source.PauseAsync(world, process);
        foreach (var record in _kept.ToArray())
        {
            yield return record;
        }
    }

    public async ValueTask AppendAsync(JournalRecord record, CancellationToken cancellationToken)
    {
        await Source.PauseAsync(world, process);
        _kept.Add(record);
        await Source.PauseAsync(world, process);
    }

    public async ValueTask TrimAsync(long sequence, CancellationToken cancellationToken)
    {
        await Source.PauseAsync(world, process);
        _kept.RemoveAll(record => record.Sequence <= sequence);
        await Source.PauseAsync(world, process);
    }

    public ValueTask DisposeAsync() => default;
}
