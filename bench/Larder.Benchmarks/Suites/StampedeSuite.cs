using Larder.Benchmarks.Harness;

namespace Larder.Benchmarks.Suites;

/// <summary>
/// A thousand callers, each an async method, ask for one key while its factory waits for a gate; then the gate opens,
/// and all have their answer. Beside a thousand async methods that await one plain task behind the same gate. Value
/// and bytes are those of one caller; the bytes of stampede/1000 are those beyond the peer's. More than one load ends
/// the run.
/// </summary>
internal sealed class StampedeSuite : Suite
{
    private const int Callers = 1_000;
    private const int StampedesPerRound = 40;
    private const int Rounds = 31;

    internal override string Name => "stampede";

    internal override string Description => "A thousand callers wait for one load; figures of one caller, bytes beyond the peer's.";

    internal override SuiteResult Run()
    {
        var keys = new KeySet(StampedesPerRound).Asked;
        var tasks = new Task<string>[Callers];
        var cache = LarderCache.Create(name: "stampede");
        var before = cache.Statistics;
        var ours = new BatchContestant("stampede/1000", Callers * StampedesPerRound, () => Ask(cache, keys, tasks))
        {
            HasHelpers = true,
            Before = () =>
            {
                foreach (var key in keys)
                {
                    _ = cache.RemoveAsync(key);
                }

                before = cache.Statistics;
            },
            After = () =>
            {
                var after = cache.Statistics;
                var loads = after.SourceCalls - before.SourceCalls;
                Require(loads == StampedesPerRound, $"stampede/1000: {loads} loads for {StampedesPerRound} stampedes.");
                Require(after.Joined - before.Joined == (Callers - 1) * StampedesPerRound, "stampede/1000: not every other caller has joined the load.");
            },
        };
        var peer = new BatchContestant(Peers.OneTask, Callers * StampedesPerRound, () => AwaitOne(tasks)) { HasHelpers = true };
        var race = Race.Run(Rounds, peer, ours);

        Close(cache);
        var row = race.Beside("stampede/1000", Peers.OneTask, Metric.Time);
        return new SuiteResult([row with { Bytes = race.BytesBeyond("stampede/1000", Peers.OneTask) }], [race.Alone(Peers.OneTask, Metric.Time)]);
    }

    private static void Ask(ICache cache, string[] keys, Task<string>[] tasks)
    {
        foreach (var key in keys)
        {
            var gate = NewGate();
            for (var i = 0; i < tasks.Length; i++)
            {
                tasks[i] = AskAsync(cache, key, gate);
            }

            OpenAndWait(gate, tasks);
        }
    }

    private static void AwaitOne(Task<string>[] tasks)
    {
        for (var stampede = 0; stampede < StampedesPerRound; stampede++)
        {
            var gate = NewGate();
            for (var i = 0; i < tasks.Length; i++)
            {
                tasks[i] = AwaitAsync(gate.Task);
            }

            OpenAndWait(gate, tasks);
        }
    }

    private static async Task<string> AskAsync(ICache cache, string key, TaskCompletionSource<string> gate) =>
        await cache.GetOrCreateAsync(key, gate, static async (gate, _) => await gate.Task);

    private static async Task<string> AwaitAsync(Task<string> task) => await task;

    private static TaskCompletionSource<string> NewGate() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static void OpenAndWait(TaskCompletionSource<string> gate, Task<string>[] tasks)
    {
        gate.SetResult("the value");
        Task.WhenAll((ReadOnlySpan<Task>)tasks).GetAwaiter().GetResult();
    }
}
