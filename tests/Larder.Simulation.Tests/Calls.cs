namespace Larder.Simulation.Tests;

/// <summary>The calls that are made in a run. Each is checked as it is answered, and all must be answered in the end.</summary>
internal sealed class Calls(World world)
{
    private readonly List<PendingCall> _pending = [];
    private readonly BulkCalls _many = new(world);
    private readonly WriterCalls _writers = new(world);

    /// <summary>Calls that have not been answered, of processes that are still there.</summary>
    internal IEnumerable<PendingCall> Unanswered => _pending.Where(call => !call.Task.IsCompleted && call.IsAlive);

    /// <summary>Throws what the first call found that broke the promise.</summary>
    internal void ThrowBroken()
    {
        foreach (var call in _pending)
        {
            if (call.Task is { IsFaulted: true, Exception: { } failed })
            {
                throw new BrokenPromiseException($"{call.What}: {failed.InnerException!.GetType().Name}: {failed.InnerException.Message}");
            }
        }
    }

    internal string Make()
    {
        var process = world.Processes[world.Chance.Next(world.Processes.Length)];
        var key = world.Chance.Next(Database.Keys.Length);
        if (!process.Node.IsRunning)
        {
            return $"nothing on {process.Node}";
        }

        return world.Chance.Next(30) switch
        {
            < 8 => Start(process, $"get or create {Database.Keys[key]}", () => GetOrCreateAsync(process, key, isFinal: false)),
            < 10 => Start(process, $"get {Database.Keys[key]}", () => GetAsync(process, key)),
            < 13 => Start(process, $"remove {Database.Keys[key]}", () => RemoveAsync(process, key)),
            < 15 => Start(process, $"set {Database.Keys[key]}", () => SetAsync(process, key), mayBeInterrupted: false),
            15 => Start(process, "remove by tag", () => RemoveByTagAsync(process)),
            16 => Start(process, "clear", () => ClearAsync(process)),
            17 => Start(process, $"expire {Database.Keys[key]}", () => ExpireAsync(process, key)),
            18 when world.Chance.Next(3) != 0 => Start(process, "increment", () => IncrementAsync(process)),
            18 => Start(process, $"add tags to {Database.Keys[key]}", () => AddTagsAsync(process, key)),
            19 => Start(process, $"set {Database.Keys[key]} if unchanged", () => SetIfUnchangedAsync(process, key)),
            20 => Start(process, "get or create all", () => _many.GetOrCreateAsync(process)),
            21 => Start(process, "get all", () => _many.GetAsync(process)),
            22 => Start(process, "set all", () => ChangeAsync(process, "SetManyAsync", _many.Written(), () => _many.SetAsync(process)), mayBeInterrupted: false),
            23 => Start(process, "remove all", () => ChangeAsync(process, "RemoveAsync(keys)", _many.Written(), () => process.Cache.RemoveAsync(Database.Keys))),
            24 => Start(process, "remove by both tags", () => ChangeAsync(process, "RemoveByTagAsync(tags)", _many.Written(), () => process.Cache.RemoveByTagAsync(["t", "u"]))),
            25 => Start(process, $"hold {Database.Keys[key]}, commit, remove", () => _writers.HoldAsync(process, key, () => ChangeAsync(process, "RemoveAsync", [(key, world.Database.Write(key))], () => process.Cache.RemoveAsync(Database.Keys[key])))),
            26 => Start(process, $"hold {Database.Keys[key]}, commit, die", () => _writers.HoldAndDieAsync(process, key)),
            _ => Start(process, $"try to get {Database.Keys[key]}", () => TryGetAsync(process, key)),
        };
    }

    /// <summary>Looks at every key in the memory of every node. It draws nothing and takes no step, and what is served there for a moment only is seen.</summary>
    internal void LookIntoMemory()
    {
        foreach (var process in world.Processes)
        {
            if (process.Node.IsRunning)
            {
                process.Node.Do(() =>
                {
                    for (var key = 0; key < Database.Keys.Length; key++)
                    {
                        _ = TryGetAsync(process, key);
                    }
                });
            }
        }
    }

    /// <summary>Asks every node for every key, after everything has come to rest.</summary>
    internal void MakeFinal()
    {
        foreach (var process in world.Processes)
        {
            for (var key = 0; key < Database.Keys.Length; key++)
            {
                var asked = key;
                Start(process, $"finally get or create {Database.Keys[key]}", () => GetOrCreateAsync(process, asked, isFinal: true), mayBeInterrupted: false);
            }
        }
    }

    // A Set that is interrupted before it has taken its turn keeps no order with what is called meanwhile.
    private string Start(SimulatedProcess process, string what, Func<Task> call, bool mayBeInterrupted = true)
    {
        // Now and then everything else goes on between two lines of the call.
        var isInterrupted = mayBeInterrupted && world.Chance.Next(3) == 0;
        if (isInterrupted)
        {
            process.Node.Interrupt(1 + world.Chance.Next(2), () => GoOn(process));
        }

        process.Node.Do(() => _pending.Add(new PendingCall(process, $"{what} on {process.Node}", call())));
        if (isInterrupted)
        {
            process.Node.Interrupt(1, null);
        }

        return $"{what} on {process.Node}";
    }

    private void GoOn(SimulatedProcess process)
    {
        if (world.IsTroubled && world.Chance.Next(3) == 0)
        {
            Disturbance.Relieve(process);
        }

        for (var steps = world.Chance.Next(60); steps > 0; steps--)
        {
            world.Simulation.Step();
        }
    }

    private Task TryGetAsync(SimulatedProcess process, int key)
    {
        var name = process.Name;
        var (step, at) = (world.Simulation.StepCount, world.Simulation.Now);
        if (process.Cache.TryGet(Database.Keys[key], out long value))
        {
            // Fresh or stale: it does not say.
            world.History.Served(key, value, CacheStatus.Stale, name, step, at, isFinal: false);
        }

        return Task.CompletedTask;
    }

    private async Task GetOrCreateAsync(SimulatedProcess process, int key, bool isFinal)
    {
        var name = process.Name;
        var (step, at) = (world.Simulation.StepCount, world.Simulation.Now);
        var source = new Source(world, process, key, mayFail: !isFinal);
        // In a cluster a missing key leaves its node without a word, so what the store is not given is of more interest there.
        var options = world.Chance.Next(world.Plan.IsCluster ? 5 : 12) switch
        {
            0 => new EntryOptions { Skip = CacheSkip.Memory },
            1 => new EntryOptions { Skip = CacheSkip.RemoteWrite },
            2 => new EntryOptions { FreshFor = TimeSpan.FromMilliseconds(300), StaleFor = TimeSpan.FromSeconds(20) },
            _ => null,
        };
        try
        {
            var tags = Database.TagsOf(key);
            var result = world.Chance.Next(4) == 0
                ? await process.Cache.ResolveAsync(Database.Keys[key], source, static (s, entry, token) => s.LoadLateAsync(entry, token), options)
                : await process.Cache.ResolveAsync(Database.Keys[key], source, static (s, token) => s.LoadAsync(token), options, tags);
            world.History.Served(key, result.Value, result.Status, name, step, at, isFinal);
        }
        catch (Exception failed) when (!isFinal && failed is SourceBrokenException or SourceTimeoutException)
        {
            // The source is allowed to fail, and then so is the call.
        }
    }

    private async Task GetAsync(SimulatedProcess process, int key)
    {
        var name = process.Name;
        var (step, at) = (world.Simulation.StepCount, world.Simulation.Now);
        var result = await process.Cache.GetAsync<long>(Database.Keys[key]);
        if (result.HasValue)
        {
            world.History.Served(key, result.Value, result.Status, name, step, at, isFinal: false);
        }
    }

    private Task RemoveAsync(SimulatedProcess process, int key)
    {
        var version = world.Database.Write(key);
        return ChangeAsync(process, "RemoveAsync", [(key, version)], () => process.Cache.RemoveAsync(Database.Keys[key]));
    }

    private Task SetAsync(SimulatedProcess process, int key)
    {
        var version = world.Database.Write(key);
        var set = world.History.SetBegan(key, version, process.Name);
        return ChangeAsync(process, "SetAsync", [(key, version)], async () =>
        {
            await process.Cache.SetAsync(Database.Keys[key], Database.Value(key, version), tags: Database.TagsOf(key));
            set.EndedStep = world.Simulation.StepCount;

            // A Set that could not be told has queued a removal, and says no more than that it is done here.
            return process.Cache.Statistics.QueuedRemovals > 0 ? RemovalOutcome.Queued : RemovalOutcome.Done;
        });
    }

    private Task RemoveByTagAsync(SimulatedProcess process)
    {
        var tag = world.Chance.Next(2) == 0 ? "t" : "u";
        var written = Enumerable.Range(0, Database.Keys.Length).Where(key => Database.TagsOf(key).Contains(tag)).Select(key => (key, world.Database.Write(key))).ToArray();
        return ChangeAsync(process, $"RemoveByTagAsync({tag})", written, () => process.Cache.RemoveByTagAsync(tag));
    }

    private Task ClearAsync(SimulatedProcess process)
    {
        var written = Enumerable.Range(0, Database.Keys.Length).Select(key => (key, world.Database.Write(key))).ToArray();
        var cleared = world.History.Sums.ClearBegan();
        return ChangeAsync(process, "ClearAsync", written, async () =>
        {
            var outcome = await process.Cache.ClearAsync();
            cleared.EndedStep = outcome == RemovalOutcome.Done ? world.Simulation.StepCount : cleared.EndedStep;
            return outcome;
        });
    }

    private Task ExpireAsync(SimulatedProcess process, int key)
    {
        var version = world.Database.Write(key);
        return ChangeAsync(process, "ExpireAsync", [(key, version)], () => process.Cache.ExpireAsync(Database.Keys[key]), isExpiration: true);
    }

    private async Task AddTagsAsync(SimulatedProcess process, int key)
    {
        try
        {
            await process.Cache.AddTagsAsync(Database.Keys[key], ["u"]);
        }
        catch (TierUnavailableException)
        {
            // Nothing is owed then.
        }
    }

    private async Task IncrementAsync(SimulatedProcess process)
    {
        var increment = world.History.Sums.IncrementBegan();
        try
        {
            var sum = await process.Cache.IncrementAsync("n", options: new EntryOptions { FreshFor = TimeSpan.FromDays(1) });
            world.History.Sums.Answered(increment, sum, isIntact: world.Disturbance.LossesOfData == 0);
        }
        catch (TierUnavailableException)
        {
            // Made or not.
        }
    }

    private async Task SetIfUnchangedAsync(SimulatedProcess process, int key)
    {
        try
        {
            var fence = await process.Cache.SnapshotAsync(Database.Keys[key]);
            var value = world.Database.Read(key);
            await Source.PauseAsync(world, process);
            await process.Cache.SetIfUnchangedAsync(Database.Keys[key], value, fence, tags: Database.TagsOf(key));
        }
        catch (TierUnavailableException)
        {
            // Stored or not: a value that was read under a snapshot is never too old.
        }
    }

    private async Task ChangeAsync(
        SimulatedProcess process, string what, (int Key, int Version)[] written, Func<ValueTask<RemovalOutcome>> change, bool isExpiration = false)
    {
        var name = process.Name;
        var began = world.Simulation.StepCount;
        var writings = Array.ConvertAll(written, one => world.History.Holds.WriteBegan(one.Key));
        try
        {
            var outcome = await change();
            if (outcome == RemovalOutcome.Done)
            {
                Array.ForEach(writings, world.History.Holds.WriteEnded);
            }

            foreach (var (key, version) in written)
            {
                world.History.Completed(key, version, name, began, isExpiration, isLocal: outcome == RemovalOutcome.Queued, what);
            }
        }
        catch (TierUnavailableException)
        {
            // Made or not: nothing is owed.
        }
    }
}
