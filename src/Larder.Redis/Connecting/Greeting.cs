using System.Globalization;
using Larder.Resp;

namespace Larder.Redis.Connecting;

/// <summary>
/// What is found out about a server before caches use the connection: whether it is new enough, no member of a cluster, no replica, and carries out scripts now. The last answer opens the connection for the
/// caches, on its reader, so that nothing can come between.
/// </summary>
internal sealed class Greeting(RespClient client, Action<long> open)
{
    /// <summary>Said of a server that is a member of a cluster.</summary>
    internal const string OfCluster =
        "The server is a member of a cluster, which can not be used with this Transport or with WaitReplicas; set Transport to Tracking and WaitReplicas to 0, or name a server that stands alone, or Sentinels.";

    private const int LeastMajor = 7;

    /// <summary>Asks. Null when the connection is open, otherwise why it can not be used.</summary>
    internal async Task<string?> RunAsync()
    {
        var (hello, epoch) = await client.ExecuteAsync(new RespCommand("HELLO"), new HelloDecoder()).ConfigureAwait(false);
        if (Obstacle(hello) is { } obstacle)
        {
            return obstacle;
        }

        // A script, because a server that is loading, or a user who may not run scripts, answers HELLO all the same.
        var probe = new RespCommand("EVAL", "return 1", 0) { Epoch = epoch, Flags = RespFlags.Repeatable };
        await client.ExecuteAsync(probe, new OpeningDecoder(open)).ConfigureAwait(false);
        return null;
    }

    /// <summary>Why a server that says so of itself can not be used; null when it can.</summary>
    internal static string? Obstacle(RespValue hello)
    {
        string version = "", server = "", mode = "", role = "";
        for (var i = 0; i + 1 < hello.Items.Count; i += 2)
        {
            var value = hello.Items[i + 1];
            switch (hello.Items[i].AsString())
            {
                case "server":
                    server = value.AsString() ?? "";
                    break;
                case "version":
                    version = value.AsString() ?? "";
                    break;
                case "mode":
                    mode = value.AsString() ?? "";
                    break;
                case "role":
                    role = value.AsString() ?? "";
                    break;
            }
        }

        return TooOld(server, version) is { } tooOld ? tooOld
            : mode == "cluster" ? OfCluster
            : role is "replica" or "slave" ? "The server is a replica, which can not be written to."
            : null;
    }

    /// <summary>Why a server of that age can not be used; null when it can.</summary>
    internal static string? TooOld(RespValue hello)
    {
        string version = "", server = "";
        for (var i = 0; i + 1 < hello.Items.Count; i += 2)
        {
            switch (hello.Items[i].AsString())
            {
                case "server":
                    server = hello.Items[i + 1].AsString() ?? "";
                    break;
                case "version":
                    version = hello.Items[i + 1].AsString() ?? "";
                    break;
            }
        }

        return TooOld(server, version);
    }

    private static string? TooOld(string server, string version) =>
        IsTooOld(version) ? $"The server is {server} {version}; Redis {LeastMajor}.0 or later, or Valkey, is needed." : null;

    private static bool IsTooOld(string version)
    {
        var dot = version.IndexOf('.', StringComparison.Ordinal);
        return int.TryParse(dot < 0 ? version : version[..dot], NumberStyles.None, CultureInfo.InvariantCulture, out var major) && major < LeastMajor;
    }

    private sealed class HelloDecoder : IRespDecoder<(RespValue Hello, long Epoch)>
    {
        public (RespValue Hello, long Epoch) Decode(ref RespReader reply) => (reply.GetValue(), reply.Epoch);
    }

    private sealed class OpeningDecoder(Action<long> open) : IRespDecoder<bool>
    {
        public bool Decode(ref RespReader reply)
        {
            open(reply.Epoch);
            return true;
        }
    }
}
