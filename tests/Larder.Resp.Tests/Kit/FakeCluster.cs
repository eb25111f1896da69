using Larder.Servers;

namespace Larder.Resp.Tests.Kit;

/// <summary>Two scripted servers that call themselves a cluster; the first one owns the lower half of the slots, the second one the upper half.</summary>
internal sealed class FakeCluster : IAsyncDisposable
{
    internal const int Half = RespSlots.Count / 2;

    /// <summary>A key of the first server.</summary>
    internal const string KeyOfFirst = "b";

    /// <summary>A key of the second server.</summary>
    internal const string KeyOfSecond = "a";

    private byte[] _table = [];

    private FakeCluster()
    {
        Own((0, Half - 1, First), (Half, RespSlots.Count - 1, Second));
        foreach (var server in (FakeServer[])[First, Second])
        {
            server.Answers.On("CLUSTER", (_, _) => Volatile.Read(ref _table)).On("HELLO", static (connection, _) => FakeAnswers.Hello(connection.Id, "cluster"));
        }
    }

    internal FakeServer First { get; } = FakeServer.Start();

    internal FakeServer Second { get; } = FakeServer.Start();

    internal static FakeCluster Start() => new();

    /// <summary>From now on CLUSTER SLOTS says so.</summary>
    internal void Own(params (int First, int Last, FakeServer Owner)[] parts) => Volatile.Write(ref _table, Wire.Array([.. parts.Select(static part =>
        Wire.Array(Wire.Number(part.First), Wire.Number(part.Last), Wire.Array(Wire.Bulk("127.0.0.1"), Wire.Number(part.Owner.Port))))]));

    internal Task<RespClient> ConnectAsync(string settings = "heartbeatInterval=0", IRespStreamHandler? handler = null) =>
        RespClient.ConnectAsync($"127.0.0.1:{First.Port},topology=cluster,{settings}", handler);

    public async ValueTask DisposeAsync()
    {
        await First.DisposeAsync();
        await Second.DisposeAsync();
    }
}
