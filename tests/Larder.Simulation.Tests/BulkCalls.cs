namespace Larder.Simulation.Tests;

/// <summary>Calls for all keys at once.</summary>
internal sealed class BulkCalls(World world)
{
    // Those of every key: an entry may carry more than it needs.
    private static readonly string[] Tags = ["t", "u"];

    /// <summary>Changes every key in the database.</summary>
    internal (int Key, int Version)[] Written() => [.. Enumerable.Range(0, Database.Keys.Length).Select(key => (key, world.Database.Write(key)))];

    internal async Task GetOrCreateAsync(SimulatedProcess process)
    {
        var name = process.Name;
        var (step, at) = (world.Simulation.StepCount, world.Simulation.Now);
        try
        {
            var found = await process.Cache.GetOrCreateManyAsync(Database.Keys, (keys, token) => LoadAsync(process, keys, token), tags: Tags);
            Check(found, name, step, at);
        }
        catch (BulkLoadException failed)
        {
            Check(failed.GetFound<long>(), name, step, at);
        }
        catch (Exception failed) when (failed is SourceBrokenException or SourceTimeoutException)
        {
            // The source is allowed to fail.
        }
    }

    internal async Task GetAsync(SimulatedProcess process)
    {
        var name = process.Name;
        var (step, at) = (world.Simulation.StepCount, world.Simulation.Now);
        var found = await process.Cache.GetManyAsync<long>(Database.Keys);
        for (var key = 0; key < Database.Keys.Length; key++)
        {
            if (found[Database.Keys[key]] is { HasValue: true } result)
            {
                world.History.Served(key, result.Value, result.Status, name, step, at, isFinal: false);
            }
        }
    }

    internal async ValueTask<RemovalOutcome> SetAsync(SimulatedProcess process)
    {
        var sets = Enumerable.Range(0, Database.Keys.Length).Select(key => world.History.SetBegan(key, world.Database.Version(key), process.Name)).ToArray();
        var values = Database.Keys.Select((name, key) => KeyValuePair.Create(name, world.Database.Read(key))).ToArray();
        await process.Cache.SetManyAsync(values, tags: Tags);
        foreach (var set in sets)
        {
            set.EndedStep = world.Simulation.StepCount;
        }

        return process.Cache.Statistics.QueuedRemovals > 0 ? RemovalOutcome.Queued : RemovalOutcome.Done;
    }

    private async ValueTask<IReadOnlyDictionary<string, long>> LoadAsync(SimulatedProcess process, IReadOnlyList<string> keys, CancellationToken cancellationToken)
    {
        var loaded = new Dictionary<string, long>();
        foreach (var key in keys)
        {
            loaded[key] = await new Source(world, process, Array.IndexOf(Database.Keys, key), mayFail: true).LoadAsync(cancellationToken);
        }

        return loaded;
    }

    private void Check(IReadOnlyDictionary<string, long> found, (int Index, int Incarnation) name, long step, TimeSpan at)
    {
        for (var key = 0; key < Database.Keys.Length; key++)
        {
            if (found.TryGetValue(Database.Keys[key], out var value))
            {
                // How each was found is not said.
                world.History.Served(key, value, CacheStatus.Stale, name, step, at, isFinal: false);
            }
        }
    }
}
