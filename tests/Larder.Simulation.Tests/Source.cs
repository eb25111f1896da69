namespace Larder.Simulation.Tests;

/// <summary>Asks the database on behalf of one call: it takes steps to read and steps to answer, and it may fail.</summary>
internal sealed class Source(World world, SimulatedProcess process, int key, bool mayFail)
{
    internal async ValueTask<long> LoadAsync(CancellationToken cancellationToken)
    {
        if (world.Chance.Next(2) == 0)
        {
            await PauseAsync(world, process);
        }

        var value = world.Database.Read(key);
        for (var pauses = world.Chance.Next(world.Plan.LongestLoad); pauses > 0; pauses--)
        {
            await PauseAsync(world, process);
        }

        return mayFail && world.Chance.Next(world.Plan.LoadsToAFailure) == 0 ? throw new SourceBrokenException() : value;
    }

    /// <summary>Learns only from the database which tags the entry carries.</summary>
    internal async ValueTask<long> LoadLateAsync(EntryContext entry, CancellationToken cancellationToken)
    {
        var value = await LoadAsync(cancellationToken);
        foreach (var tag in Database.TagsOf(key))
        {
            entry.AddTag(tag);
        }

        return value;
    }

    /// <summary>Waits for a step of the process that the simulation picks.</summary>
    internal static Task PauseAsync(World world, SimulatedProcess process)
    {
        var pause = new TaskCompletionSource();
        process.Node.Post("source", () => pause.SetResult());
        return pause.Task;
    }
}
