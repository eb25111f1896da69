using Larder.Resp.Tests.Kit;
using Larder.Servers;

namespace Larder.Resp.Tests.Desync;

/// <summary>A recorded exchange, cut at every byte of either direction.</summary>
public sealed class CutTests
{
    private static readonly byte[][] Exchange =
    [
        Wire.Bulk("value of a"),
        Wire.Number(7),
        Wire.Join(Wire.Invalidation("c"), Wire.Bulk("value of c")),
        Wire.Array(Wire.Bulk("d"), Wire.Null, Wire.Raw("*2\r\n:1\r\n#t\r\n")),
    ];

    [Fact]
    public async Task Replies_CutAfterEveryByteWritten_AreRightOrFail()
    {
        var (written, _) = await CutAsync(static _ => { });
        Assert.True(written > Wire.Join(Exchange).Length);
        for (var bytes = 1; bytes <= written; bytes++)
        {
            await CutAsync(connection => connection.CloseAfterWriting(bytes));
        }
    }

    [Fact]
    public async Task Commands_CutAfterEveryByteRead_AreRightOrFail()
    {
        var (_, read) = await CutAsync(static _ => { });
        Assert.True(read > 0);
        for (var bytes = 1; bytes <= read; bytes++)
        {
            await CutAsync(connection => connection.CloseAfterReading(bytes));
        }
    }

    private static async Task<(long Written, long Read)> CutAsync(Action<FakeConnection> cut)
    {
        await using var server = FakeServer.Start(async connection =>
        {
            if (connection.Id == 1)
            {
                cut(connection);
            }

            for (var i = 0; i < 100; i++)
            {
                var command = await connection.ReceiveAsync();
                await connection.SendAsync(command.Verb switch
                {
                    "GET" when command[1] == "a" => Exchange[0],
                    "GET" => Exchange[2],
                    "INCR" => Exchange[1],
                    _ => Exchange[3],
                });
            }
        });
        var options = RespOptions.Parse($"127.0.0.1:{server.Port}") with
        {
            BacklogPolicy = RespBacklogPolicy.Queue,
            ReconnectMinimum = TimeSpan.FromMilliseconds(1),
            ReconnectMaximum = TimeSpan.FromMilliseconds(1),
            ConnectRetry = 5,
        };
        await using var client = await RespClient.ConnectAsync(options, new StreamLog());
        var a = client.GetStringAsync("a").AsTask();
        var counted = client.ExecuteAsync(new RespCommand("INCR", "b")).AsTask();
        var c = client.GetStringAsync("c").AsTask();
        var d = client.ExecuteAsync(new RespCommand("LRANGE", "d", 0, -1)).AsTask();

        // What may be repeated always comes, and is right.
        Assert.Equal("value of a", await a);
        Assert.Equal("value of c", await c);
        Assert.Equal("Array(BulkString d, Null, Array(Integer 1, Boolean t))", Frames.Show(await d));
        try
        {
            Assert.Equal(7, (await counted).AsInt64());
        }
        catch (RespIndeterminateException)
        {
            // Written, and nobody knows.
        }

        Assert.True(server.Connections.Sum(one => one.Received.Count(command => command.Verb == "INCR")) <= 1, "INCR was sent twice.");
        return (server.Connections[0].BytesWritten, server.Connections[0].BytesRead);
    }
}
