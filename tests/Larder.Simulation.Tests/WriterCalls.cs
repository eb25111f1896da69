namespace Larder.Simulation.Tests;

/// <summary>Writers that commit to the database under a hold.</summary>
internal sealed class WriterCalls(World world)
{
    /// <summary>Holds the key, commits, and removes it.</summary>
    internal async Task HoldAsync(SimulatedProcess process, int key, Func<Task> commitAndRemove)
    {
        if (await TryHoldAsync(process, key, TimeSpan.FromSeconds(3)))
        {
            await PauseAsync(process);
            await commitAndRemove();
        }
    }

    /// <summary>Holds the key, commits, and is never heard of again.</summary>
    internal async Task HoldAndDieAsync(SimulatedProcess process, int key)
    {
        var holdFor = TimeSpan.FromMilliseconds(200 + world.Chance.Next(3_000));
        var (hold, began, losses) = (world.History.Holds.WriteBegan(key), world.Simulation.Now, world.Disturbance.LossesOfData);
        if (!await TryHoldAsync(process, key, holdFor))
        {
            return;
        }

        var latestEnd = world.Simulation.Now + holdFor;
        await PauseAsync(process);
        var version = world.Database.Write(key);
        if (losses == world.Disturbance.LossesOfData)
        {
            world.History.Holds.Abandoned(hold, version, began + holdFor, latestEnd);
        }
    }

    /// <summary>Once every node has followed, nobody serves what was there before the hold.</summary>
    private async Task<bool> TryHoldAsync(SimulatedProcess process, int key, TimeSpan holdFor)
    {
        var (name, step, version) = (process.Name, world.Simulation.StepCount, world.Database.Version(key));
        try
        {
            var outcome = await process.Cache.HoldAsync(Database.Keys[key], holdFor);
            world.History.Completed(key, version, name, step, isExpiration: false, isLocal: outcome == RemovalOutcome.Queued, "HoldAsync");
            return outcome == RemovalOutcome.Done;
        }
        catch (TierUnavailableException)
        {
            return false;
        }
    }

    private async Task PauseAsync(SimulatedProcess process)
    {
        for (var pauses = world.Chance.Next(6); pauses > 0; pauses--)
        {
            await Source.PauseAsync(world, process);
        }
    }
}
