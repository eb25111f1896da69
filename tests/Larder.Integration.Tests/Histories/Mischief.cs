using System.Diagnostics;
using Larder.Servers;

namespace Larder.Integration.Tests.Histories;

/// <summary>What may be done to any server.</summary>
internal static class Mischief
{
    private const int KeysLost = 20;
    private const int LongestSolitude = 600;

    /// <summary>Closes the connections of one kind; those of Sentinels stay, which would take the server for dead.</summary>
    internal static async Task CutConnectionsAsync(RealServer server, Random chance)
    {
        var type = chance.Next(2) == 0 ? "normal" : "pubsub";
        var clients = (string)(await server.CallAsync("CLIENT", "LIST", "TYPE", type))!;
        foreach (var client in clients.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!client.Contains("name=sentinel-", StringComparison.Ordinal))
            {
                await CutAsync(server, client.Split(' ')[0]["id=".Length..]);
            }
        }
    }

    private static async Task CutAsync(RealServer server, string client)
    {
        try
        {
            await server.CallAsync("CLIENT", "KILL", "ID", client);
        }
        catch (RawErrorException)
        {
            // It has gone by itself.
        }
    }

    internal static async Task PauseAsync(RealServer server, TimeSpan time)
    {
        server.Pause();
        await Task.Delay(time);
        server.Resume();
    }

    /// <summary>Kills a primary; before, its replicas are cut off for some time, so that they lack what it has confirmed last. Halting them alone would not do: what is in their sockets they read later.</summary>
    /// <returns>The moment of its death, and how long it had been alone.</returns>
    internal static async Task<(long Moment, TimeSpan Alone)> KillAsync(RealServer primary, RealServer[] replicas, Random chance)
    {
        var began = Stopwatch.GetTimestamp();
        if (chance.Next(3) > 0)
        {
            Array.ForEach(replicas, static replica => replica.Pause());
            await primary.CallAsync("CLIENT", "KILL", "TYPE", "replica");
            await Task.Delay(chance.Next(LongestSolitude));
        }

        primary.Kill();
        var moment = Stopwatch.GetTimestamp();
        Array.ForEach(replicas, static replica => replica.Resume());
        return (moment, Stopwatch.GetElapsedTime(began, moment));
    }

    /// <summary>Flushes everything, forgets scripts, or takes single keys away.</summary>
    internal static async Task LoseKeysAsync(RealServer server, Random chance)
    {
        switch (chance.Next(4))
        {
            case 0:
                await server.CallAsync("FLUSHALL");
                break;
            case 1:
                await server.CallAsync("SCRIPT", "FLUSH");
                break;
            default:
                for (var i = 0; i < KeysLost && await server.CallAsync("RANDOMKEY") is string key; i++)
                {
                    await server.CallAsync("UNLINK", key);
                }

                break;
        }
    }
}
