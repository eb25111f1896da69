using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace TwoNodes;

/// <summary>The server: one that was named, or one of our own on a free port of this machine, which ends with the program.</summary>
internal sealed class LocalServer : IAsyncDisposable
{
    internal const string Missing =
        "No server was named, and neither redis-server nor valkey-server is on the PATH. Name one, as in: dotnet run --project samples/TwoNodes -- localhost:6379, or install one (apt-get install redis-server).";

    private const int Patience = 10_000;
    private readonly string? _program;
    private readonly int _port;
    private Process? _process;

    private LocalServer(string connection, string? program, int port)
    {
        Connection = connection;
        _program = program;
        _port = port;
    }

    /// <summary>Its connection string.</summary>
    internal string Connection { get; }

    /// <summary>True for one of our own, which may be killed.</summary>
    internal bool IsOurs => _program is not null;

    internal static LocalServer At(string connection) => new(connection, program: null, port: 0);

    /// <summary>Starts one; null where no program is found.</summary>
    internal static async Task<LocalServer?> StartAsync()
    {
        if ((Find("redis-server") ?? Find("valkey-server")) is not { } program)
        {
            return null;
        }

        var port = FreePort();
        var server = new LocalServer($"127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}", program, port);
        await server.RunAsync();
        return server;
    }

    /// <summary>Ends it without warning.</summary>
    internal void Kill()
    {
        if (_process is { HasExited: false } process)
        {
            process.Kill();
            process.WaitForExit();
        }
    }

    /// <summary>Starts it, empty, on the same port, and comes back when it takes connections.</summary>
    internal async Task RunAsync()
    {
        var port = _port.ToString(CultureInfo.InvariantCulture);
        _process = Process.Start(new ProcessStartInfo(_program!, ["--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]) { RedirectStandardOutput = true })
            ?? throw new InvalidOperationException($"{_program} could not be started.");
        _process.OutputDataReceived += static (_, _) => { };
        _process.BeginOutputReadLine();
        for (var end = Environment.TickCount64 + Patience; ; await Task.Delay(20))
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, _port);
                return;
            }
            catch (SocketException) when (Environment.TickCount64 < end && !_process.HasExited)
            {
                // Not yet.
            }
        }
    }

    public ValueTask DisposeAsync()
    {
        Kill();
        _process?.Dispose();
        return ValueTask.CompletedTask;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string? Find(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Select(folder => Path.Combine(folder, program))
        .FirstOrDefault(File.Exists);
}
