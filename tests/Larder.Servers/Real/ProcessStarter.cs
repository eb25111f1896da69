using System.Collections.Concurrent;
using System.Diagnostics;

namespace Larder.Servers;

/// <summary>
/// Starts programs that die with this process. The kernel sends the signal for that when the THREAD that started the program ends, and
/// threads of the pool come and go; so all programs are started by one thread that lasts as long as the process.
/// </summary>
internal static class ProcessStarter
{
    private static readonly string? DeathSignal = Servers.Find("setpriv");
    private static readonly BlockingCollection<Action> Work = [];
    private static readonly Lazy<Thread> Starter = new(StartThread);

    internal static Task<Process> StartAsync(string program, IEnumerable<string> arguments, string folder)
    {
        _ = Starter.Value;
        var started = new TaskCompletionSource<Process>(TaskCreationOptions.RunContinuationsAsynchronously);
        Work.Add(() =>
        {
            try
            {
                started.SetResult(Start(program, arguments, folder));
            }
            catch (Exception exception)
            {
                started.SetException(exception);
            }
        });
        return started.Task;
    }

    private static Process Start(string program, IEnumerable<string> arguments, string folder)
    {
        // setpriv replaces itself by the program, so the process id is the program's own.
        var start = new ProcessStartInfo(DeathSignal ?? program, DeathSignal is null ? arguments : ["--pdeathsig", "KILL", program, .. arguments])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        return Process.Start(start) ?? throw new InvalidOperationException($"{program} could not be started.");
    }

    private static Thread StartThread()
    {
        var thread = new Thread(() =>
        {
            foreach (var work in Work.GetConsumingEnumerable())
            {
                work();
            }
        })
        {
            IsBackground = true,
            Name = "Starter of servers",
        };
        thread.Start();
        return thread;
    }
}
