using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace TwoNodes.Nodes;

/// <summary>A process with a cache, as the program that started it sees it.</summary>
internal sealed class Node : IAsyncDisposable
{
    /// <summary>What a node says that has watched in vain.</summary>
    internal const string Never = "never";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly Process _process;
    private readonly PriceDatabase _database;
    private readonly ConcurrentDictionary<string, TaskCompletionSource<string>> _answers = new();
    private readonly TaskCompletionSource<string> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _number;

    private Node(string name, Process process, PriceDatabase database)
    {
        Name = name;
        _process = process;
        _database = database;
        process.OutputDataReceived += (_, data) => Take(data.Data);
        process.BeginOutputReadLine();
    }

    internal string Name { get; }

    internal int ProcessId => _process.Id;

    internal static async Task<Node> StartAsync(string name, string server, Larder.CoherenceLevel level, PriceDatabase database)
    {
        string[] arguments = ["--node", name, server, level.ToString()];
        var program = Environment.ProcessPath!;
        var start = Path.GetFileNameWithoutExtension(program) == "dotnet"
            ? new ProcessStartInfo(program, [Path.Combine(AppContext.BaseDirectory, "TwoNodes.dll"), .. arguments])
            : new ProcessStartInfo(program, arguments);
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        var node = new Node(name, Process.Start(start) ?? throw new NodeFailedException("it could not be started"), database);
        await node._ready.Task.WaitAsync(Patience);
        return node;
    }

    /// <summary>Asks for a price.</summary>
    internal async Task<Answer> PriceAsync(string key, params string[] tags)
    {
        var clock = Stopwatch.GetTimestamp();
        var words = (await CallAsync($"price {key} {string.Join(' ', tags)}".TrimEnd())).Split(' ');
        return words[0] == "failed"
            ? throw new NodeFailedException($"node {Name} answered {words[1]} for {key}")
            : new Answer(words[0], words[1], words[2], Stopwatch.GetElapsedTime(clock));
    }

    /// <summary>What its memory alone knows of the key; "nothing" if it knows nothing.</summary>
    internal Task<string> MemoryAsync(string key) => CallAsync($"memory {key}");

    /// <summary>Removes the key; how that ended, and how long it took.</summary>
    internal Task<(string Outcome, TimeSpan Time)> RemoveAsync(string key) => TimedAsync($"remove {key}");

    /// <summary>Removes the key; the moment at which that had completed there.</summary>
    internal async Task<long> RemoveAtAsync(string key) => Moment(await CallAsync($"removeat {key}"));

    /// <summary>The moment at which its memory was last asked and had the old price still, 0 if it never had; null if it has it all the time.</summary>
    internal async Task<long?> WatchAsync(string key, string old) => await CallAsync($"watch {key} {old}") is var answer && answer == Never ? null : Moment(answer);

    /// <summary>Removes everything with the tag.</summary>
    internal Task<(string Outcome, TimeSpan Time)> RemoveByTagAsync(string tag) => TimedAsync($"removetag {tag}");

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    private async Task<(string Outcome, TimeSpan Time)> TimedAsync(string request)
    {
        var clock = Stopwatch.GetTimestamp();
        return (await CallAsync(request), Stopwatch.GetElapsedTime(clock));
    }

    private long Moment(string answer) =>
        long.TryParse(answer, CultureInfo.InvariantCulture, out var moment) ? moment : throw new NodeFailedException($"node {Name} answered {answer}");

    private async Task<string> CallAsync(string request)
    {
        var number = Interlocked.Increment(ref _number).ToString(CultureInfo.InvariantCulture);
        var answer = _answers[number] = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        Write($"{number} {request}");
        return await answer.Task.WaitAsync(Patience);
    }

    private void Take(string? line)
    {
        if (line is null)
        {
            var ended = new NodeFailedException($"node {Name} has ended");
            _ready.TrySetException(ended);
            foreach (var answer in _answers.Values)
            {
                answer.TrySetException(ended);
            }

            return;
        }

        var words = line.Split(' ', 2);
        switch (words[0])
        {
            case "ready":
                _ready.TrySetResult(words[1]);
                break;
            case "ask":
                _ = TellAsync(words[1].Split(' '));
                break;
            default:
                _answers[words[0]].TrySetResult(words[1]);
                break;
        }
    }

    private async Task TellAsync(string[] question) =>
        Write($"told {question[1]} {(await _database.ReadAsync(question[0])).ToString(CultureInfo.InvariantCulture)}");

    private void Write(string line)
    {
        lock (_process)
        {
            _process.StandardInput.WriteLine(line);
            _process.StandardInput.Flush();
        }
    }
}
