using System.Collections.Concurrent;
using Larder.Redis.Tests.Kit;

namespace Larder.Redis.Tests.Cluster;

/// <summary>Readers and removers on several caches at Strict, for as long as something else is done to the servers: whoever reads must get at least the version that a removal had completed for when the read began.</summary>
internal sealed class StrictRun(string[] keys, RedisNode[] nodes)
{
    private readonly ConcurrentDictionary<string, int> _versions = new(keys.Select(static key => KeyValuePair.Create(key, 1)));
    private readonly ConcurrentDictionary<string, int> _floors = new(keys.Select(static key => KeyValuePair.Create(key, 1)));
    private long _reads;
    private long _changes;

    internal string[] Keys => keys;

    internal long Reads => Interlocked.Read(ref _reads);

    internal long Changes => Interlocked.Read(ref _changes);

    internal async Task DuringAsync(Func<Task> disturb)
    {
        using var stop = new CancellationTokenSource();
        var work = nodes.SelectMany(node => keys.SelectMany(key => new[] { ReadAsync(node, key, stop.Token), ReadAsync(node, key, stop.Token), ChangeAsync(node, key, stop.Token) })).ToArray();
        try
        {
            await Task.WhenAny(disturb(), Task.WhenAll(work)).Unwrap();
        }
        finally
        {
            await stop.CancelAsync();
        }

        await Task.WhenAll(work).WaitAsync(TimeSpan.FromSeconds(60));
    }

    private async Task ReadAsync(RedisNode node, string key, CancellationToken stop)
    {
        await Task.Yield();
        while (!stop.IsCancellationRequested)
        {
            var floor = _floors[key];
            var answer = await node.Cache.ResolveAsync(key, _ => ValueTask.FromResult(_versions[key]), tags: ["all"], cancellationToken: CancellationToken.None);
            Assert.True(answer.Value >= floor, $"{key} was answered with version {answer.Value} ({answer.Status}, {answer.Tier}), {floor} was the least.");
            Interlocked.Increment(ref _reads);
            await Task.Delay(1, CancellationToken.None);
        }
    }

    private async Task ChangeAsync(RedisNode node, string key, CancellationToken stop)
    {
        await Task.Yield();
        while (!stop.IsCancellationRequested)
        {
            var version = _versions.AddOrUpdate(key, 1, static (_, present) => present + 1);
            try
            {
                await (version % 5 == 0 ? node.Cache.RemoveByTagAsync("all", CancellationToken.None) : node.Cache.RemoveAsync(key, CancellationToken.None));
                _floors.AddOrUpdate(key, version, (_, present) => Math.Max(present, version));
                Interlocked.Increment(ref _changes);
            }
            catch (TierUnavailableException)
            {
                // Nothing is promised then.
            }

            await Task.Delay(15, CancellationToken.None);
        }
    }
}
