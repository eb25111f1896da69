using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Larder.Servers;

/// <summary>
/// A real server on loopback with a folder of its own. It ends when it is disposed of, and with the test process.
/// Verbs must not be called at the same time by several threads.
/// </summary>
public sealed class RealServer : IAsyncDisposable
{
    private const int PortRaces = 10;
    private static readonly TimeSpan RestartPause = TimeSpan.FromMilliseconds(100);

    private readonly ServerFolder _folder;
    private readonly ServerSettings _settings;
    private ServerProcess _process = new();

    private RealServer(ServerSettings settings)
    {
        _settings = settings;
        _folder = new ServerFolder(settings.Name);
    }

    /// <summary>The port on 127.0.0.1, plain or TLS; a restart keeps it.</summary>
    public int Port { get; private set; }

    /// <summary>The port of the cluster bus; 0 outside of a cluster.</summary>
    public int BusPort { get; private set; }

    /// <summary>The path of the unix socket; null where there is none.</summary>
    public string? UnixPath => _settings.HasUnixSocket ? Path.Combine(_folder.Path, "s") : null;

    /// <summary>The server's folder.</summary>
    public string Folder => _folder.Path;

    /// <summary>The id of the present process.</summary>
    public int ProcessId => _process.Id;

    /// <summary>The last of what the present process said, for messages of failing tests.</summary>
    public string Output => _process.Output;

    /// <summary>Starts a server, and comes back when it is ready.</summary>
    public static async Task<RealServer> StartAsync(ServerSettings? settings = null)
    {
        var server = new RealServer(settings ?? new ServerSettings());
        try
        {
            for (var race = 1; ; race++)
            {
                server.Port = FreePort.Next();
                server.BusPort = server.IsClusterNode ? FreePort.Next() : 0;
                if (await server.RunAsync())
                {
                    return server;
                }

                if (!server._process.LostThePort || race == PortRaces)
                {
                    throw new InvalidOperationException($"{Servers.Program} did not start; it said:\n{server.Output}");
                }
            }
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends the process at once (SIGKILL) and comes back when it is gone.</summary>
    public void Kill() => _process.Kill();

    /// <summary>Halts the process (SIGSTOP): its connections stay, and nothing answers.</summary>
    public void Pause() => Signals.SendStop(_process.Id);

    /// <summary>Lets a halted process go on (SIGCONT).</summary>
    public void Resume() => Signals.SendContinue(_process.Id);

    /// <summary>Starts the server again on the same port, after killing it where it still runs.</summary>
    public async Task RestartAsync()
    {
        for (var race = 1; !await RunAsync(); race++)
        {
            // An outgoing connection of anybody may have the port for a moment.
            if (!_process.LostThePort || race == PortRaces)
            {
                throw new InvalidOperationException($"{_settings.Name} did not start again; it said:\n{Output}");
            }

            await Task.Delay(RestartPause);
        }
    }

    /// <summary>A plain connection, not logged in; TLS where the server has it.</summary>
    public Task<RawConnection> ConnectAsync() => RawConnection.ConnectAsync(Port, _settings.Certificates is { } certificates ? Trusting(certificates) : null);

    /// <summary>One command over a connection of its own, logged in as "default". Replies as in <see cref="RawConnection"/>.</summary>
    public async Task<object?> CallAsync(params string[] command)
    {
        await using var connection = await ConnectAsync();
        if (_settings.Password is { } password)
        {
            await connection.CallAsync("AUTH", password);
        }

        return await connection.CallAsync(command);
    }

    /// <summary>A field of INFO; null where there is none of that name.</summary>
    public async Task<string?> InfoAsync(string section, string field)
    {
        var lines = ((string)(await CallAsync("INFO", section))!).Split("\r\n");
        return lines.FirstOrDefault(line => line.StartsWith(field + ":", StringComparison.Ordinal))?[(field.Length + 1)..];
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _process.Dispose();
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    private bool IsClusterNode => _settings.Arguments.Contains("--cluster-enabled");

    private static SslClientAuthenticationOptions Trusting(TestCertificates certificates) => new()
    {
        TargetHost = "localhost",
        ClientCertificates = [certificates.Client],
        CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            CustomTrustStore = { certificates.Authority },
            RevocationMode = X509RevocationMode.NoCheck,
        },
    };

    private Task<bool> RunAsync()
    {
        _process.Dispose();
        _process = new ServerProcess();
        return _process.StartAsync(_folder, Arguments());
    }

    private IEnumerable<string> Arguments()
    {
        if (_settings.Arguments.Contains("--sentinel"))
        {
            return [SentinelFile(), .. _settings.Arguments, .. _settings.Certificates is null ? ["--port", Text(Port)] : TlsArguments(_settings.Certificates), .. UserArguments()];
        }

        List<string> arguments =
        [
            "--bind", "127.0.0.1", "--dir", _folder.Path, "--save", "", "--appendonly", _settings.IsPersistent ? "yes" : "no", "--appendfsync", "always",
            "--repl-diskless-sync-delay", "0", "--enable-debug-command", "yes",
        ];
        arguments.AddRange(_settings.Certificates is null ? ["--port", Text(Port)] : TlsArguments(_settings.Certificates));
        if (_settings.Password is { } password)
        {
            arguments.AddRange(["--requirepass", password, "--masterauth", password]);
        }

        arguments.AddRange(UserArguments());
        if (UnixPath is { } path)
        {
            arguments.AddRange(["--unixsocket", path]);
        }

        if (IsClusterNode)
        {
            arguments.AddRange(["--cluster-port", Text(BusPort)]);
        }

        arguments.AddRange(_settings.Arguments);
        return arguments;
    }

    private IEnumerable<string> UserArguments() => _settings.Users.SelectMany(static user => (string[])["--user", .. user.Split(' ')]);

    private IEnumerable<string> TlsArguments(TestCertificates certificates)
    {
        certificates.Write(_folder.Path);
        return
        [
            "--port", "0", "--tls-port", Text(Port),
            "--tls-cert-file", Path.Combine(_folder.Path, TestCertificates.ServerFile),
            "--tls-key-file", Path.Combine(_folder.Path, TestCertificates.ServerKeyFile),
            "--tls-client-cert-file", Path.Combine(_folder.Path, TestCertificates.ClientFile),
            "--tls-client-key-file", Path.Combine(_folder.Path, TestCertificates.ClientKeyFile),
            "--tls-ca-cert-file", Path.Combine(_folder.Path, TestCertificates.AuthorityFile),
            "--tls-auth-clients", _settings.DemandsClientCertificate ? "yes" : "optional",
        ];
    }

    // A Sentinel rewrites its file, and starts only with one that it can write; a restart goes on with what it knew.
    private string SentinelFile()
    {
        var path = Path.Combine(_folder.Path, "sentinel.conf");
        if (!File.Exists(path))
        {
            File.WriteAllText(path, $"bind 127.0.0.1\ndir {_folder.Path}\n");
        }

        return path;
    }

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
