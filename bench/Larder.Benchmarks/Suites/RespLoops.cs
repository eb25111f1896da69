using System.Globalization;
using Larder.Resp;

namespace Larder.Benchmarks.Suites;

/// <summary>The loops of the client's rows.</summary>
internal static class RespLoops
{
    internal static string Key(int number) => string.Create(CultureInfo.InvariantCulture, $"bench:{number:000}");

    /// <summary>So many callers at once, each of which awaits its GETs one after another.</summary>
    internal static Task GetAsync(RespClient client, string[] keys, int callers, int times, int length)
    {
        var running = new Task[callers];
        for (var i = 0; i < callers; i++)
        {
            running[i] = CallAsync(client, keys[i], times, length);
        }

        return Task.WhenAll(running);
    }

    /// <summary>All keys, one GET awaited after another.</summary>
    internal static async Task GetOneByOneAsync(RespClient client, string[] keys, int times, int length)
    {
        for (var i = 0; i < times; i++)
        {
            foreach (var key in keys)
            {
                Check(await client.GetAsync(key), length);
            }
        }
    }

    /// <summary>All keys with one MGET.</summary>
    internal static async Task GetTogetherAsync(RespClient client, RespArgument[] keys, int times, int length)
    {
        for (var i = 0; i < times; i++)
        {
            var values = await client.GetManyAsync(keys);
            Check(values[^1], length);
        }
    }

    private static async Task CallAsync(RespClient client, string key, int times, int length)
    {
        for (var i = 0; i < times; i++)
        {
            Check(await client.GetAsync(key), length);
        }
    }

    private static void Check(byte[]? value, int length)
    {
        if (value?.Length != length)
        {
            throw new InvalidOperationException("A GET gave something else than the value that was stored.");
        }
    }
}
