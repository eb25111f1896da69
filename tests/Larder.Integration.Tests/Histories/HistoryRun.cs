using System.Diagnostics;
using System.Globalization;
using Larder.Integration.Tests.Kit;
using Larder.Node;
using Larder.Node.Histories;
using Larder.Servers;

namespace Larder.Integration.Tests.Histories;

/// <summary>
/// Several processes with a cache each over one real server make random calls on few keys, while processes are killed and halted, connections are cut, and the server
/// is halted, killed and emptied. Each writes down what it did; at the end all of it is checked together.
/// </summary>
internal sealed class HistoryRun : IAsyncDisposable
{
    private const int Workers = 3;
    private const string RunsOnMemory = "3mb";
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(3);
    private readonly HistoryPlan _plan;
    private readonly Random _chance;
    private readonly int _seed;
    private readonly Action<string> _log;
    private readonly List<(NodeProcess Process, Task Work)> _nodes = [];
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("larder-history-");
    private readonly Stopwatch _time = new();
    private RealServer? _server;
    private int _started;

    private HistoryRun(HistoryPlan plan, int seed, Action<string> log)
    {
        _plan = plan;
        _seed = seed;
        _chance = new Random(seed);
        _log = log;
    }

    internal static async Task<HistoryCheck> RunAsync(HistoryPlan plan, int seed, Action<string> log)
    {
        await using var run = new HistoryRun(plan, seed, log);
        await run.WorkAsync();
        var files = Directory.GetFiles(run._folder.FullName, "*.history");
        return new HistoryCheck(files.SelectMany(HistoryReader.Read), plan.Level, plan.Lease);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (process, _) in _nodes)
        {
            await process.DisposeAsync();
        }

        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        _folder.Delete(recursive: true);
    }

    private async Task WorkAsync()
    {
        _server = await RealServer.StartAsync(new ServerSettings
        {
            Arguments = _plan.Evicts ? ["--maxmemory", RunsOnMemory, "--maxmemory-policy", "allkeys-random"] : [],
        });
        _time.Start();
        await Task.WhenAll(Enumerable.Range(0, _plan.Nodes).Select(_ => StartNodeAsync()));
        while (_time.Elapsed < _plan.Time)
        {
            await Task.Delay(_chance.Next(100, 900));
            await DisturbAsync();
        }

        await Task.WhenAll(_nodes.Select(static node => node.Work));
        await Task.Delay(Rest);
        foreach (var (process, _) in _nodes)
        {
            await process.CallAsync("readfinally");
        }
    }

    private async Task StartNodeAsync()
    {
        var number = Interlocked.Increment(ref _started);
        var process = await NodeProcess.StartAsync(new NodeSettings
        {
            Number = number,
            Server = $"127.0.0.1:{_server!.Port.ToString(CultureInfo.InvariantCulture)}",
            Level = _plan.Level,
            OverMessages = _plan.OverMessages,
            Lease = _plan.Lease,
            Database = Path.Combine(_folder.FullName, "database"),
            History = Path.Combine(_folder.FullName, $"{number.ToString(CultureInfo.InvariantCulture)}.history"),
            FreshFor = _plan.ServesStale ? TimeSpan.FromMilliseconds(300) : TimeSpan.FromSeconds(2),
            StaleFor = _plan.ServesStale ? TimeSpan.FromSeconds(2) : TimeSpan.Zero,
            FallbackFor = _plan.ServesStale ? TimeSpan.FromSeconds(10) : TimeSpan.Zero,
            TierTimeout = TimeSpan.FromMilliseconds(500),
            LoadLease = TimeSpan.FromSeconds(1),
            LoadWait = TimeSpan.FromSeconds(1),
            QueueRemovals = _plan.QueueRemovals,
        });
        var rest = _plan.Time - _time.Elapsed;
        var work = rest > TimeSpan.Zero
            ? process.CallAsync($"work {_seed.ToString(CultureInfo.InvariantCulture)} {((int)rest.TotalMilliseconds).ToString(CultureInfo.InvariantCulture)} {Workers.ToString(CultureInfo.InvariantCulture)}", _plan.Time)
            : Task.CompletedTask;
        lock (_nodes)
        {
            _nodes.Add((process, work));
        }
    }

    private async Task DisturbAsync()
    {
        var kind = (Disturbances)(1 << _chance.Next(6));
        if (!_plan.Disturbances.HasFlag(kind))
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
            case Disturbances.CutConnections:
                await _server!.CallAsync("CLIENT", "KILL", "TYPE", _chance.Next(2) == 0 ? "normal" : "pubsub");
                break;
            case Disturbances.PausedServer:
                _server!.Pause();
                await Task.Delay(_chance.Next(1500));
                _server.Resume();
                break;
            case Disturbances.KilledServer:
                _server!.Kill();
                await Task.Delay(_chance.Next(500));
                await _server.RestartAsync();
                break;
            default:
                await LoseKeysAsync();
                break;
        }
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

    private async Task LoseKeysAsync()
    {
        switch (_chance.Next(4))
        {
            case 0:
                await _server!.CallAsync("FLUSHALL");
                break;
            case 1:
                await _server!.CallAsync("SCRIPT", "FLUSH");
                break;
            default:
                for (var i = 0; i < 20 && await _server!.CallAsync("RANDOMKEY") is string key; i++)
                {
                    await _server!.CallAsync("UNLINK", key);
                }

                break;
        }
    }
}
