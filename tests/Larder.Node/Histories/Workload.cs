using System.Diagnostics;
using System.Globalization;
using Larder.Resp;

namespace Larder.Node.Histories;

/// <summary>Random calls on few keys, from a seed, by several workers at once; what was changed and what was answered is written down.</summary>
internal sealed class Workload(ICache cache, SharedDatabase database, HistoryWriter history, int node)
{
    private const int Tags = 3;
    private const double FailingLoads = 0.03;
    private const int LongestHold = 300;

    internal async Task RunAsync(int seed, int workers, CancellationToken stop)
    {
        await Task.WhenAll(Enumerable.Range(0, workers).Select(worker => Task.Run(() => WorkAsync(new Random(HashCode.Combine(seed, node, worker)), stop), CancellationToken.None)));
    }

    /// <summary>Reads every key in every way once everything has come to rest.</summary>
    internal async Task ReadFinallyAsync()
    {
        for (var key = 0; key < HistoryKeys.Count; key++)
        {
            for (var form = 0; form < 3; form++)
            {
                await ReadAsync(key, form, loadTime: 0, loadFails: false, isFinal: true);
            }
        }
    }

    private static string TagOf(int key) => $"t{key % Tags}";

    private async Task WorkAsync(Random chance, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await StepAsync(chance);
            }
            catch (Exception exception) when (exception is LarderException or RespException or SourceFailedException or TimeoutException or OperationCanceledException)
            {
                // Failing calls promise nothing, and are not written down.
            }

            if (chance.Next(4) == 0)
            {
                await Task.Delay(chance.Next(4), CancellationToken.None);
            }
        }
    }

    private Task StepAsync(Random chance)
    {
        var key = chance.Next(HistoryKeys.Count);
        var loadTime = chance.Next(10) == 0 ? chance.Next(200) : chance.Next(5);
        var loadFails = chance.NextDouble() < FailingLoads;
        return chance.Next(100) switch
        {
            < 74 => ReadAsync(key, chance.Next(3), loadTime, loadFails, isFinal: false),
            < 76 => ReadManyAsync(),
            < 78 => LoadManyAsync(key, loadTime, loadFails),
            < 79 => AddTagsAsync(key, TagOf(chance.Next(HistoryKeys.Count))),
            < 80 => HoldAsync(key, chance.Next(1, LongestHold), chance.Next(3) > 0),
            < 85 => ChangeAsync([key], HistoryKind.Removed, () => cache.RemoveAsync(HistoryKeys.NameOf(key))),
            < 86 => ChangeAsync([key, (key + 1) % HistoryKeys.Count], HistoryKind.Removed, () => cache.RemoveAsync([HistoryKeys.NameOf(key), HistoryKeys.NameOf((key + 1) % HistoryKeys.Count)])),
            < 92 => SetAsync(key),
            < 95 => ChangeAsync(KeysOf(key % Tags), HistoryKind.Removed, () => cache.RemoveByTagAsync(TagOf(key))),
            < 98 => ChangeAsync([key], HistoryKind.Expired, () => cache.ExpireAsync(HistoryKeys.NameOf(key))),
            < 99 => CompareAndSetAsync(key),
            _ => ChangeAsync([.. Enumerable.Range(0, HistoryKeys.Count)], HistoryKind.Removed, () => cache.ClearAsync()),
        };
    }

    private static int[] KeysOf(int tag) => [.. Enumerable.Range(0, HistoryKeys.Count).Where(key => key % Tags == tag)];

    private async Task ReadAsync(int key, int form, int loadTime, bool loadFails, bool isFinal)
    {
        var began = Stopwatch.GetTimestamp();
        CacheResult<long> result;
        if (form == 0)
        {
            if (!cache.TryGet<long>(HistoryKeys.NameOf(key), out var value))
            {
                return;
            }

            Note(key, CacheStatus.Stale, CacheTier.Memory, value, began, isFinal);
            return;
        }

        result = form == 1
            ? await cache.GetAsync<long>(HistoryKeys.NameOf(key))
            : await cache.ResolveAsync(HistoryKeys.NameOf(key), (Workload: this, key, loadTime, loadFails), static (state, token) => state.Workload.LoadAsync(state.key, state.loadTime, state.loadFails, token), tags: [TagOf(key)]);
        if (result.TryGetValue(out var version))
        {
            Note(key, result.Status, result.Tier, version, began, isFinal);
        }
    }

    private async Task ReadManyAsync()
    {
        var began = Stopwatch.GetTimestamp();
        foreach (var (name, result) in await cache.GetManyAsync<long>(HistoryKeys.Names))
        {
            if (result.TryGetValue(out var version))
            {
                Note(KeyIn(name), result.Status, result.Tier, version, began, isFinal: false);
            }
        }
    }

    /// <summary>Loads all keys with one tag at once. The answers do not tell where they come from, so expirations bind none of them.</summary>
    private async Task LoadManyAsync(int key, int loadTime, bool loadFails)
    {
        var began = Stopwatch.GetTimestamp();
        var values = await cache.GetOrCreateManyAsync<long>(
            KeysOf(key % Tags).Select(HistoryKeys.NameOf),
            async (missing, token) =>
            {
                var loaded = missing.ToDictionary(static name => name, name => Value.Of(KeyIn(name), database.Read(KeyIn(name))));
                return await SlowlyAsync(loaded, loadTime, loadFails, token);
            },
            tags: [TagOf(key)]);
        foreach (var (name, value) in values)
        {
            Note(KeyIn(name), CacheStatus.Stale, CacheTier.None, value, began, isFinal: false);
        }
    }

    /// <summary>The entry is written anew with one more tag, and must stay as old as it is. What carries the tag is not known for certain, so nothing is promised of the tag's removal beyond its own keys.</summary>
    private async Task AddTagsAsync(int key, string tag) => await cache.AddTagsAsync(HistoryKeys.NameOf(key), [tag]);

    /// <summary>A writer's hold, which removes as well, the commit, and the removal behind it; without which, as if the writer had died, nothing is promised of the commit.</summary>
    private async Task HoldAsync(int key, int milliseconds, bool isRemoved)
    {
        await ChangeAsync([key], HistoryKind.Removed, () => cache.HoldAsync(HistoryKeys.NameOf(key), TimeSpan.FromMilliseconds(milliseconds)));
        if (isRemoved)
        {
            await ChangeAsync([key], HistoryKind.Removed, () => cache.RemoveAsync(HistoryKeys.NameOf(key)));
        }
    }

    private static int KeyIn(string name) => int.Parse(name.AsSpan(1), CultureInfo.InvariantCulture);

    private void Note(int key, CacheStatus status, CacheTier tier, long value, long began, bool isFinal) => history.Write(new HistoryRecord
    {
        Kind = HistoryKind.Read,
        Node = node,
        Key = key,
        Status = status,
        Tier = tier,
        Version = Value.VersionIn(key, value),
        Began = began,
        Ended = Stopwatch.GetTimestamp(),
        IsFinal = isFinal,
    });

    private ValueTask<long> LoadAsync(int key, int milliseconds, bool fails, CancellationToken token) => SlowlyAsync(Value.Of(key, database.Read(key)), milliseconds, fails, token);

    /// <summary>Read first, then be slow: what is returned is as old as it can be.</summary>
    private static async ValueTask<T> SlowlyAsync<T>(T value, int milliseconds, bool fails, CancellationToken token)
    {
        if (milliseconds > 0)
        {
            await Task.Delay(milliseconds, token);
        }

        return fails ? throw new SourceFailedException() : value;
    }

    private async Task ChangeAsync(int[] keys, HistoryKind kind, Func<ValueTask<RemovalOutcome>> change)
    {
        var versions = Array.ConvertAll(keys, database.Commit);
        var began = Stopwatch.GetTimestamp();
        if (await change() == RemovalOutcome.Done)
        {
            var ended = Stopwatch.GetTimestamp();
            history.Write([.. keys.Select((key, i) => Record(kind, key, versions[i], began, ended))]);
        }
    }

    private async Task SetAsync(int key)
    {
        var version = database.Commit(key);
        var began = Stopwatch.GetTimestamp();
        history.Write(Record(HistoryKind.SetBegan, key, version, began, began));
        var kind = HistoryKind.SetFailed;
        try
        {
            await cache.SetAsync(HistoryKeys.NameOf(key), Value.Of(key, version), tags: [TagOf(key)]);

            // A Set that could not be told has queued a removal, and promises nothing to others before that is carried out.
            kind = cache.Statistics.QueuedRemovals == 0 ? HistoryKind.Set : HistoryKind.SetFailed;
        }
        finally
        {
            history.Write(Record(kind, key, version, began, Stopwatch.GetTimestamp()));
        }
    }

    private async Task CompareAndSetAsync(int key)
    {
        var fence = await cache.SnapshotAsync(HistoryKeys.NameOf(key));
        var version = database.Read(key);
        await cache.SetIfUnchangedAsync(HistoryKeys.NameOf(key), Value.Of(key, version), fence, tags: [TagOf(key)]);
    }

    private HistoryRecord Record(HistoryKind kind, int key, long version, long began, long ended) =>
        new() { Kind = kind, Node = node, Key = key, Version = version, Began = began, Ended = ended };
}
