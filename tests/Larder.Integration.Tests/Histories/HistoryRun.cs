using System.Diagnostics;
using System.Globalization;
using Larder.Integration.Tests.Kit;
using Larder.Node;
using Larder.Node.Histories;

namespace Larder.Integration.Tests.Histories;

/// <summary>
/// Several processes with a cache each over real servers make random calls on few keys, while processes are killed and halted, connections are cut, and servers are
/// halted, killed, emptied and replaced. Each process writes down what it did; at the end all of it is checked together.
/// </summary>
internal sealed class HistoryRun : IAsyncDisposable
{
    private const int Workers = 3;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestRest = TimeSpan.FromSeconds(40);
    private readonly HistoryPlan _plan;
    private readonly IHistoryStore _store;
    private readonly Random _chance;
    private readonly int _seed;
    private readonly TimeSpan _length;
    private readonly Action<string> _log;
    private readonly List<(NodeProcess Process, Task Work)> _nodes = [];
    private readonly List<Disturbances> _deck = [];
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("larder-history-");
    private readonly Stopwatch _time = new();
    private Task _trouble = Task.CompletedTask;
    private long _began;
    private long _rest = long.MaxValue;
    private int _started;

    private HistoryRun(HistoryPlan plan, IHistoryStore store, int seed, TimeSpan length, Action<string> log)
    {
        _plan = plan;
        _store = store;
        _seed = seed;
        _chance = new Random(seed);
        _length = length;
        _log = log;
    }

    internal static async Task<HistoryCheck> RunAsync(HistoryPlan plan, int seed, TimeSpan length, Action<string> log)
    {
        await using var run = new HistoryRun(plan, await StartStoreAsync(plan, new Random(~seed)), seed, length, log);
        await run.WorkAsync();
        return run.Check();
    }

    /// <summary>On a busy machine, or when much goes wrong at once, it takes longer until there is enough to check.</summary>
    private static TimeSpan LongestRun(TimeSpan length) => (2 * length) + TimeSpan.FromSeconds(30);

    private HistoryCheck Check()
    {
        var files = Directory.GetFiles(_folder.FullName, "*.history");
        return new HistoryCheck(files.SelectMany(HistoryReader.Read), _plan.Level, _plan.Lease) { Began = _began, Rest = _rest, Doubts = _store.Doubts };
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (process, _) in _nodes)
        {
            await process.DisposeAsync();
        }

        await _store.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private static async Task<IHistoryStore> StartStoreAsync(HistoryPlan plan, Random chance) => plan.Place switch
    {
        HistoryPlace.Sentinels => await SentinelStore.StartAsync(plan.WaitReplicas > 0, chance),
        HistoryPlace.Cluster => await ClusterStore.StartAsync(HistoryKeys.Names.Select(static key => $"{NodeSettings.UsualPrefix}:{NodeSettings.UsualCache}:k:{key}"), plan.ClusterRanges, chance),
        _ => await StandaloneStore.StartAsync(plan.Evicts, chance),
    };

    private async Task WorkAsync()
    {
        _began = Stopwatch.GetTimestamp();
        _time.Start();
        await Task.WhenAll(Enumerable.Range(0, _plan.Nodes).Select(_ => StartNodeAsync()));
        while (_time.Elapsed < _length || (!Check().IsMeaningful && _time.Elapsed < LongestRun(_length)))
        {
            await Task.Delay(_chance.Next(100, 600));
            await DisturbAsync();
        }

        await _trouble;
        await _store.SettleAsync();
        foreach (var (process, work) in _nodes)
        {
            await process.CallAsync("stop");
            await work;
        }

        foreach (var (process, _) in _nodes)
        {
            _log($"node {process.Settings.Number}: {await process.CallAsync("status")}");
        }

        await RestAsync();
        if (Check().Violations().Count > 0)
        {
            foreach (var (process, _) in _nodes)
            {
                _log($"node {process.Settings.Number}, whose times are {(double)_began / Stopwatch.Frequency:F4} s ahead: {await process.CallAsync("log")}");
            }
        }
    }

    /// <summary>
    /// Reads everything at rest. How long news may take nobody says at Eventual, and on a busy machine a process may not have run for seconds; so what is old is asked for again, and only what
    /// stays old for a long time is taken for old for ever.
    /// </summary>
    private async Task RestAsync()
    {
        var began = Stopwatch.GetTimestamp();
        var rounds = 0;
        do
        {
            rounds++;
            await Task.Delay(Pause);
            await _store.SettleAsync();
            _rest = Stopwatch.GetTimestamp();
            foreach (var (process, _) in _nodes)
            {
                await process.CallAsync("readfinally");
            }
        }
        while (Stopwatch.GetElapsedTime(began) < LongestRest && Check().Violations().Count > 0);

        _log($"{_time.Elapsed.TotalSeconds:F1} s: at rest after {Stopwatch.GetElapsedTime(began).TotalSeconds:F1} s, asked {rounds} times");
    }

    private async Task StartNodeAsync()
    {
        var number = Interlocked.Increment(ref _started);

        // What some keep for longer than the run lasts must be made to go; what others keep for a moment comes and goes by itself.
        var keptFor = number % 3 == 0 ? TimeSpan.FromSeconds(2) : TimeSpan.FromMinutes(5);
        var process = await NodeProcess.StartAsync(new NodeSettings
        {
            Number = number,
            Server = _store.ConnectionString,
            Level = _plan.Level,
            OverMessages = _plan.OverMessages,
            Lease = _plan.Lease,
            WaitReplicas = _plan.WaitReplicas,
            ClusterRanges = _plan.ClusterRanges,
            Database = Path.Combine(_folder.FullName, "database"),
            History = Path.Combine(_folder.FullName, $"{number.ToString(CultureInfo.InvariantCulture)}.history"),
            FreshFor = _plan.ServesStale ? TimeSpan.FromMilliseconds(300) : keptFor,
            StaleFor = _plan.ServesStale ? keptFor : TimeSpan.Zero,
            FallbackFor = _plan.ServesStale ? TimeSpan.FromSeconds(10) : TimeSpan.Zero,
            TierTimeout = TimeSpan.FromMilliseconds(500),
            LoadLease = TimeSpan.FromSeconds(1),
            LoadWait = TimeSpan.FromSeconds(1),
            QueueRemovals = _plan.QueueRemovals,
        });
        var work = process.CallAsync(string.Create(CultureInfo.InvariantCulture, $"work {_seed} {Workers}"), LongestRun(_length));
        lock (_nodes)
        {
            _nodes.Add((process, work));
        }
    }

    /// <summary>What is done to the servers goes on while processes are killed and halted.</summary>
    private async Task DisturbAsync()
    {
        if (_trouble.IsFaulted)
        {
            await _trouble;
        }

        if (Draw() is not { } kind)
        {
            return;
        }

        _log($"{_time.Elapsed.TotalSeconds:F1} s: {kind}");
        switch (kind)
        {
            case Disturbances.KilledNodes:
                await ReplaceNodeAsync();
                break;
            case Disturbances.PausedNodes:
                var paused = _nodes[_chance.Next(_nodes.Count)].Process;
                paused.Pause();
                await Task.Delay(_chance.Next(3 * (int)_plan.Lease.TotalMilliseconds));
                paused.Resume();
                break;
            default:
                _trouble = TroubleAsync(kind);
                break;
        }
    }

    private async Task TroubleAsync(Disturbances kind)
    {
        await _store.SettleAsync();
        await _store.DisturbAsync(kind);
        await _store.SettleAsync();
    }

    /// <summary>Draws from a shuffled deck, so that a short run sees everything; null when nothing can happen now.</summary>
    private Disturbances? Draw()
    {
        if (_deck.Count == 0)
        {
            var kinds = Enum.GetValues<Disturbances>().Where(kind => int.IsPow2((int)kind) && (_plan.Disturbances & (_store.Known | Disturbances.OfNodes)).HasFlag(kind)).ToArray();
            _chance.Shuffle(kinds);
            _deck.AddRange(kinds);
        }

        var index = _deck.FindIndex(kind => _trouble.IsCompleted || Disturbances.OfNodes.HasFlag(kind));
        if (index < 0)
        {
            return null;
        }

        var drawn = _deck[index];
        _deck.RemoveAt(index);
        return drawn;
    }

    private async Task ReplaceNodeAsync()
    {
        var index = _chance.Next(_nodes.Count);
        var (process, work) = _nodes[index];
        process.Kill();
        _nodes.RemoveAt(index);
        try
        {
            await work;
        }
        catch (NodeFailedException)
        {
            // That is what killing it does.
        }

        await process.DisposeAsync();
        await StartNodeAsync();
    }
}
