using System.Collections.Concurrent;
using Larder.Memory.Maintenance;

namespace Larder.Memory.Tests.Kit;

/// <summary>Audits every map that a test has made, after the test.</summary>
public abstract class MapTest : IDisposable
{
    private readonly List<Action> _audits = [];

    internal FakeClock Clock { get; } = new();

    private protected ConcurrentQueue<(string Key, string Value, EvictionReason Reason)> Evicted { get; } = new();

    public void Dispose()
    {
        foreach (var audit in _audits)
        {
            audit();
        }

        GC.SuppressFinalize(this);
    }

    private protected static void AssertSound<TKey, TValue>(BoundedMap<TKey, TValue> map)
        where TKey : notnull
    {
        var findings = Audit<TKey, TValue>.Of(map.Table, map.Keeper);
        Assert.True(findings.Count == 0, $"The audit found:\n{string.Join("\n", findings)}");
    }

    /// <summary>Has the map audited when the test is over.</summary>
    private protected BoundedMap<TKey, TValue> Audited<TKey, TValue>(BoundedMap<TKey, TValue> map)
        where TKey : notnull
    {
        _audits.Add(() => AssertSound(map));
        return map;
    }

    /// <summary>A reproducible map of strings on the fake clock whose evictions are written down.</summary>
    private protected BoundedMap<string, string> NewMap(long capacity, Func<string, string, long>? weigher = null, MapScheduler? scheduler = null) =>
        Audited(new BoundedMap<string, string>(new BoundedMapOptions<string, string>
        {
            Capacity = capacity,
            Weigher = weigher,
            TimeProvider = Clock,
            Scheduler = scheduler ?? MapScheduler.Inline,
            Random = new Random(1),
            ConcurrencyLevel = 1,
            OnEvicted = (key, value, reason) => Evicted.Enqueue((key, value, reason)),
        }));

    /// <summary>Runs the body on so many threads that start together; rethrows the first failure.</summary>
    private protected static void InParallel(int threads, Action<int> body)
    {
        using var start = new Barrier(threads);
        var failures = new ConcurrentQueue<Exception>();
        var running = Enumerable.Range(0, threads).Select(number => new Thread(() =>
        {
            start.SignalAndWait();
            try
            {
                body(number);
            }
            catch (Exception exception)
            {
                failures.Enqueue(exception);
            }
        })).ToList();
        running.ForEach(thread => thread.Start());
        running.ForEach(thread => thread.Join());
        if (failures.TryDequeue(out var failure))
        {
            throw new InvalidOperationException($"A thread failed: {failure.Message}", failure);
        }
    }
}
