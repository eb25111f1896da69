using System.Diagnostics;

namespace Larder.Servers;

/// <summary>One run of a server program, from the line by which it says that it is ready to its end. The last of its output is kept.</summary>
internal sealed class ServerProcess : IDisposable
{
    private const int LinesKept = 200;

    private readonly Queue<string> _lines = new();
    private readonly TaskCompletionSource<bool> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Process? _process;

    internal int Id { get; private set; }

    internal string Output
    {
        get
        {
            lock (_lines)
            {
                return string.Join('\n', _lines);
            }
        }
    }

    internal bool LostThePort => Output.Contains("Address already in use", StringComparison.OrdinalIgnoreCase);

    public void Dispose()
    {
        Kill();
        _process?.Dispose();
        _process = null;
    }

    /// <summary>Starts the program; false when it ended before it was ready.</summary>
    internal async Task<bool> StartAsync(ServerFolder folder, IEnumerable<string> arguments)
    {
        _process = await ProcessStarter.StartAsync(Servers.Program, arguments, folder.Path);
        Id = _process.Id;
        folder.Note(Id);
        _process.OutputDataReceived += (_, line) => Take(line.Data);
        _process.ErrorDataReceived += (_, line) => Take(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        _ = FailAtTheEndAsync(_process);
        return await Patience.Await(_ready.Task, () => $"the server to be ready; it said:\n{Output}");
    }

    internal void Kill()
    {
        if (_process is { HasExited: false } process)
        {
            Signals.SendKill(process.Id);
            process.WaitForExit();
        }
    }

    private async Task FailAtTheEndAsync(Process process)
    {
        await process.WaitForExitAsync();
        _ready.TrySetResult(false);
    }

    private void Take(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_lines)
        {
            _lines.Enqueue(line);
            if (_lines.Count > LinesKept)
            {
                _lines.Dequeue();
            }
        }

        // The second is what a Sentinel says.
        if (line.Contains("Ready to accept connections", StringComparison.Ordinal) || line.Contains("Sentinel ID is", StringComparison.Ordinal))
        {
            _ready.TrySetResult(true);
        }
    }
}
