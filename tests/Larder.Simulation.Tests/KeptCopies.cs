using System.Buffers;
using Larder.Ports;

namespace Larder.Simulation.Tests;

/// <summary>Copies of one node, which outlive its process as files do. Every call takes steps, and in some worlds some fail.</summary>
internal sealed class KeptCopies(World world, SimulatedProcess process) : ICopyTier
{
    private readonly Dictionary<string, (FenceToken Token, byte[] Body, TimeSpan EndsAt)> _kept = process.Copies;

    public string Name => "kept";

    public CacheTier Kind => CacheTier.Disk;

    public void Attach(TierHost host)
    {
    }

    public async ValueTask<TierReading> GetAsync(string key, CancellationToken cancellationToken)
    {
        await TakeStepsAsync();
        return _kept.TryGetValue(key, out var copy) && copy.EndsAt > world.Simulation.Now
            ? new TierReading(TierStatus.Done, copy.Token, new ReadOnlySequence<byte>(copy.Body))
            : TierReading.Absent;
    }

    public async ValueTask SetAsync(string key, TierWrite write, FenceToken token, CancellationToken cancellationToken)
    {
        var body = write.Body.ToArray();
        await TakeStepsAsync();
        _kept[key] = (token, body, world.Simulation.Now + write.Lifetime);
    }

    public async ValueTask RemoveAsync(ReadOnlyMemory<string> keys, CancellationToken cancellationToken)
    {
        await TakeStepsAsync();
        foreach (var key in keys.Span)
        {
            _kept.Remove(key);
        }
    }

    public async ValueTask ClearAsync(CancellationToken cancellationToken)
    {
        await TakeStepsAsync();
        _kept.Clear();
    }

    public ValueTask DisposeAsync() => default;

    private async ValueTask TakeStepsAsync()
    {
        for (var pauses = world.Chance.Next(4); pauses > 0; pauses--)
        {
            await Source.PauseAsync(world, process);
        }

        if (world.IsTroubled && world.Chance.Next(8) == 0)
        {
            // Some calls never end.
            await (world.Chance.Next(4) == 0 ? new TaskCompletionSource().Task : Task.FromException(new IOException("the copies are broken")));
        }
    }
}
