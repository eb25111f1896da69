using System.Collections.Concurrent;
using System.Globalization;
using Larder.Node;
using Larder.Servers;

namespace Larder.Integration.Tests.Kit;

/// <summary>A process with a cache, and the line to it. It dies with the test process.</summary>
internal sealed class NodeProcess : IAsyncDisposable
{
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "Larder.Node.dll");
    private readonly HostedProcess _process;
    private readonly ConcurrentDictionary<string, TaskCompletionSource<string>> _answers = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _events = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _number;

    private NodeProcess(NodeSettings settings, HostedProcess process)
    {
        Settings = settings;
        _process = process;
    }

    internal NodeSettings Settings { get; }

    internal static async Task<NodeProcess> StartAsync(NodeSettings settings)
    {
        var process = await HostedProcess.StartAsync(Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet", [Program, settings.ToText()]);
        var node = new NodeProcess(settings, process);
        process.ReadLines(node.Take, node.Ended);
        await node.EventAsync("ready");
        return node;
    }

    /// <summary>Sends a command that may last some time; its answer without the "ok". What failed in the node is thrown here.</summary>
    internal async Task<string> CallAsync(string command, TimeSpan lasts = default)
    {
        var number = Interlocked.Increment(ref _number).ToString(CultureInfo.InvariantCulture);
        var answer = _answers.GetOrAdd(number, static _ => new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously));
        _process.WriteLine($"{number} {command}");
        return await answer.Task.WaitAsync(Patience.Limit + lasts);
    }

    /// <summary>Waits until a load stands at the gate.</summary>
    internal Task AtAsync(string gate) => EventAsync($"at {gate}");

    /// <summary>Lets the process end in good order: its cache is disposed of.</summary>
    internal async Task EndAsync()
    {
        _process.WriteLine("0 end");
        await Patience.Await(_ended.Task, () => $"node {Settings.Number} to end");
    }

    internal void Kill() => _process.Kill();

    internal void Pause() => _process.Pause();

    internal void Resume() => _process.Resume();

    public ValueTask DisposeAsync()
    {
        _process.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task EventAsync(string name)
    {
        await Patience.Await(Event(name).Task, () => $"node {Settings.Number} to say \"{name}\"; it said:\n{_process.Errors}");
    }

    private TaskCompletionSource Event(string name) =>
        _events.GetOrAdd(name, static _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));

    private void Take(string line)
    {
        if (line.StartsWith("! ", StringComparison.Ordinal))
        {
            Event(line[2..]).TrySetResult();
            return;
        }

        var words = line.Split(' ', 3);
        var answer = _answers.GetOrAdd(words[0], static _ => new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously));
        if (words[1] == "ok")
        {
            answer.TrySetResult(words[2]);
        }
        else
        {
            answer.TrySetException(new NodeFailedException(words[2]));
        }
    }

    private void Ended()
    {
        _ended.TrySetResult();
        foreach (var answer in _answers.Values)
        {
            answer.TrySetException(new NodeFailedException("the process has ended"));
        }
    }
}
