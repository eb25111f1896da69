using System.Diagnostics;

namespace Larder.Servers;

/// <summary>A program of ours that is talked to line by line, with a folder of its own. It ends when it is disposed of, and with the test process.</summary>
public sealed class HostedProcess : IDisposable
{
    private const int LinesKept = 100;
    private readonly ServerFolder _folder;
    private readonly Process _process;
    private readonly Queue<string> _errors = new();

    private HostedProcess(ServerFolder folder, Process process)
    {
        _folder = folder;
        _process = process;
        folder.Note(process.Id);
    }

    /// <summary>The last of what it wrote to its error output.</summary>
    public string Errors
    {
        get
        {
            lock (_errors)
            {
                return string.Join('\n', _errors);
            }
        }
    }

    /// <summary>Starts the program.</summary>
    public static async Task<HostedProcess> StartAsync(string program, IEnumerable<string> arguments)
    {
        var folder = new ServerFolder("process");
        try
        {
            return new HostedProcess(folder, await ProcessStarter.StartAsync(program, arguments, folder.Path));
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>Hands on each line of its output, and tells of its end. Called once.</summary>
    public void ReadLines(Action<string> line, Action ended)
    {
        ArgumentNullException.ThrowIfNull(line);
        ArgumentNullException.ThrowIfNull(ended);
        _process.OutputDataReceived += (_, data) =>
        {
            if (data.Data is { } text)
            {
                line(text);
            }
            else
            {
                ended();
            }
        };
        _process.ErrorDataReceived += (_, data) => Keep(data.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Writes a line to its input. Does nothing once it has ended.</summary>
    public void WriteLine(string line)
    {
        try
        {
            lock (_process)
            {
                _process.StandardInput.WriteLine(line);
                _process.StandardInput.Flush();
            }
        }
        catch (IOException)
        {
            // It has ended, which its reader is told.
        }
    }

    /// <summary>Ends it at once (SIGKILL) and comes back when it is gone.</summary>
    public void Kill()
    {
        if (!_process.HasExited)
        {
            Signals.SendKill(_process.Id);
            _process.WaitForExit();
        }
    }

    /// <summary>Halts it (SIGSTOP).</summary>
    public void Pause() => Signals.SendStop(_process.Id);

    /// <summary>Lets it go on (SIGCONT).</summary>
    public void Resume() => Signals.SendContinue(_process.Id);

    /// <inheritdoc/>
    public void Dispose()
    {
        Kill();
        _process.Dispose();
        _folder.Dispose();
    }

    private void Keep(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_errors)
        {
            _errors.Enqueue(line);
            if (_errors.Count > LinesKept)
            {
                _errors.Dequeue();
            }
        }
    }
}
