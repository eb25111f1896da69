using System.Collections.Concurrent;

namespace Larder.Node.Commands;

/// <summary>Where loads wait until they are told to go on. Whoever waits is announced as "! at GATE".</summary>
internal sealed class Gates(TextWriter output)
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _gates = new();

    internal async Task WaitAsync(string name, CancellationToken token)
    {
        var gate = Gate(name);
        output.WriteLine($"! at {name}");
        output.Flush();
        await gate.Task.WaitAsync(token);
    }

    internal string Open(string name)
    {
        Gate(name).TrySetResult();
        return "open";
    }

    private TaskCompletionSource Gate(string name) =>
        _gates.GetOrAdd(name, static _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
}
