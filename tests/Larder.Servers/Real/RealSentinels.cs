using System.Globalization;

namespace Larder.Servers;

/// <summary>A primary with two replicas, watched by three Sentinels of which two must agree.</summary>
public sealed class RealSentinels : IAsyncDisposable
{
    /// <summary>The name under which the Sentinels watch the primary.</summary>
    public const string ServiceName = "larder";

    private const int SentinelCount = 3;
    private const int ReplicaCount = 2;

    private readonly List<RealServer> _servers = [];
    private readonly List<RealServer> _sentinels = [];

    private RealSentinels()
    {
    }

    /// <summary>The servers; the first one began as the primary.</summary>
    public IReadOnlyList<RealServer> Servers => _servers;

    /// <summary>The Sentinels.</summary>
    public IReadOnlyList<RealServer> Sentinels => _sentinels;

    /// <summary>Starts all, and comes back when the replicas are in step and the Sentinels know of everybody.</summary>
    /// <param name="password">The password of the servers; null for none. The Sentinels have none.</param>
    public static Task<RealSentinels> StartAsync(string? password = null) => StartAsync(new ServerSettings { Password = password });

    /// <summary>Starts all, and comes back when the replicas are in step and the Sentinels know of everybody.</summary>
    /// <param name="settings">Passwords and users of the servers. With certificates all speak TLS, also to each other.</param>
    /// <param name="sentinelUsers">ACL users of the Sentinels.</param>
    public static async Task<RealSentinels> StartAsync(ServerSettings settings, params string[] sentinelUsers)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var group = new RealSentinels();
        try
        {
            string[] tls = settings.Certificates is null ? [] : ["--tls-replication", "yes"];
            await group.StartServersAsync(settings with { Arguments = [.. tls, .. settings.Arguments] });
            await group.StartSentinelsAsync(settings, new ServerSettings { Certificates = settings.Certificates, Users = sentinelUsers, Arguments = ["--sentinel", .. tls] });
            await group.WaitUntilWholeAsync();
            return group;
        }
        catch
        {
            await group.DisposeAsync();
            throw;
        }
    }

    /// <summary>The server that the first Sentinel that answers calls the primary.</summary>
    public async Task<RealServer> PrimaryAsync()
    {
        foreach (var sentinel in _sentinels)
        {
            try
            {
                return await PrimaryAsync(sentinel);
            }
            catch (Exception exception) when (exception is IOException or System.Net.Sockets.SocketException)
            {
                // Killed; the next one knows as much.
            }
        }

        throw new InvalidOperationException("No Sentinel answers.");
    }

    /// <summary>Comes back with the new primary when all Sentinels name another than the old one, and it says itself that it is one.</summary>
    public async Task<RealServer> WaitForAnotherPrimaryAsync(RealServer old)
    {
        RealServer? primary = null;
        await Waiting.UntilAsync(
            async () =>
            {
                foreach (var sentinel in _sentinels)
                {
                    primary = await PrimaryAsync(sentinel);
                    if (primary == old)
                    {
                        return false;
                    }
                }

                return await primary!.InfoAsync("replication", "role") == "master";
            },
            () => $"another primary; the Sentinels said:\n{string.Join("\n---\n", _sentinels.Select(sentinel => sentinel.Output))}");
        return primary!;
    }

    /// <summary>Makes all others replicas of the primary that the Sentinels agree on, which they would do themselves later, and comes back when all are in step.</summary>
    /// <returns>The primary, and how many times the Sentinels have chosen one.</returns>
    public async Task<(RealServer Primary, long Elections)> BringTogetherAsync()
    {
        RealServer? primary = null;
        await WaitUntilAsync(async () =>
        {
            primary = await AgreedPrimaryAsync();
            return primary is not null && await AllFollowAsync(primary);
        });
        return (primary!, long.Parse(Field(await AskAsync(_sentinels[0]), "config-epoch")!, CultureInfo.InvariantCulture));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var server in _sentinels.Concat(_servers))
        {
            await server.DisposeAsync();
        }
    }

    private async Task StartServersAsync(ServerSettings settings)
    {
        _servers.Add(await RealServer.StartAsync(settings with { Name = "primary" }));
        for (var i = 1; i <= ReplicaCount; i++)
        {
            _servers.Add(await RealServer.StartAsync(settings with
            {
                Name = $"replica{Text(i)}",
                Arguments = [.. settings.Arguments, "--replicaof", "127.0.0.1", Text(_servers[0].Port)],
            }));
        }
    }

    private async Task StartSentinelsAsync(ServerSettings servers, ServerSettings settings)
    {
        for (var i = 1; i <= SentinelCount; i++)
        {
            var sentinel = await RealServer.StartAsync(settings with { Name = $"sentinel{Text(i)}" });
            _sentinels.Add(sentinel);
            await sentinel.CallAsync("SENTINEL", "MONITOR", ServiceName, "127.0.0.1", Text(_servers[0].Port), "2");
            await sentinel.CallAsync("SENTINEL", "SET", ServiceName, "down-after-milliseconds", Text((int)servers.DownAfter.TotalMilliseconds));
            await sentinel.CallAsync("SENTINEL", "SET", ServiceName, "failover-timeout", "5000");
            if (servers.Password is { } password)
            {
                await sentinel.CallAsync("SENTINEL", "SET", ServiceName, "auth-pass", password);
            }
        }
    }

    private Task WaitUntilWholeAsync() => WaitUntilAsync(async () => await AgreedPrimaryAsync() is { } primary && await AreInStepAsync(primary));

    private Task WaitUntilAsync(Func<Task<bool>> question) =>
        Waiting.UntilAsync(question, () => $"the Sentinels to know of everybody; they said:\n{string.Join("\n---\n", _sentinels.Select(sentinel => sentinel.Output))}");

    /// <summary>Null while a Sentinel names another one, misses somebody, or is about to replace it.</summary>
    private async Task<RealServer?> AgreedPrimaryAsync()
    {
        var primary = await PrimaryAsync(_sentinels[0]);
        foreach (var sentinel in _sentinels)
        {
            var fields = await AskAsync(sentinel);
            if (await PrimaryAsync(sentinel) != primary
                || Field(fields, "flags") != "master"
                || Field(fields, "num-slaves") != Text(ReplicaCount)
                || Field(fields, "num-other-sentinels") != Text(SentinelCount - 1))
            {
                return null;
            }
        }

        return primary;
    }

    private async Task<bool> AllFollowAsync(RealServer primary)
    {
        foreach (var server in _servers.Where(server => server != primary))
        {
            if (await server.InfoAsync("replication", "role") == "master" || await server.InfoAsync("replication", "master_port") != Text(primary.Port))
            {
                await server.CallAsync("REPLICAOF", "127.0.0.1", Text(primary.Port));
            }
        }

        return await AreInStepAsync(primary);
    }

    private async Task<bool> AreInStepAsync(RealServer primary)
    {
        foreach (var replica in _servers.Where(server => server != primary))
        {
            if (await replica.InfoAsync("replication", "master_link_status") != "up")
            {
                return false;
            }
        }

        return true;
    }

    private static async Task<List<object?>> AskAsync(RealServer sentinel) => (List<object?>)(await sentinel.CallAsync("SENTINEL", "MASTER", ServiceName))!;

    private async Task<RealServer> PrimaryAsync(RealServer sentinel)
    {
        var address = (List<object?>)(await sentinel.CallAsync("SENTINEL", "GET-MASTER-ADDR-BY-NAME", ServiceName))!;
        return _servers.Single(server => Text(server.Port) == (string)address[1]!);
    }

    private static string? Field(List<object?> fields, string name) => (string?)fields[fields.IndexOf(name) + 1];

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
