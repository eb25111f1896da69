using System.Net;
using System.Net.Sockets;
using Larder.Servers;

namespace Larder.Resp.Tests.Servers;

/// <summary>The scripted server itself, seen through a bare socket.</summary>
public sealed class FakeServerTests
{
    [Fact]
    public async Task Handshake_NotScripted_IsAnswered()
    {
        await using var server = FakeServer.Start();
        using var client = await ConnectAsync(server);
        await client.SendAsync(Wire.Join(
            Wire.Command("HELLO", "3"), Wire.Command("CLIENT", "SETINFO", "lib-name", "x"), Wire.Command("select", "2"), Wire.Command("PING")));

        var expected = Wire.Join(
            FakeAnswers.Hello(1), Wire.Error("ERR unknown subcommand 'setinfo'. Try CLIENT HELP."), Wire.Ok, Wire.Simple("PONG"));
        Assert.Equal(expected, await ReadAsync(client, expected.Length));
        var connection = await server.AcceptAsync();
        Assert.Equal(["HELLO", "CLIENT", "SELECT", "PING"], connection.Received.Select(command => command.Verb));
    }

    [Fact]
    public async Task Answers_Overridden_AreTheScripts()
    {
        await using var server = FakeServer.Start();
        server.Answers.On("HELLO", Wire.Error("NOPROTO")).Leave("PING").On("GET", (_, command) => command[1] == "known" ? Wire.Bulk("v") : null);
        using var client = await ConnectAsync(server);
        await client.SendAsync(Wire.Join(Wire.Command("HELLO", "3"), Wire.Command("GET", "known"), Wire.Command("PING"), Wire.Command("GET", "other")));

        var connection = await server.AcceptAsync();
        await connection.ExchangeAsync(Wire.Simple("late"), "PING");
        await connection.ExchangeAsync(Wire.NullBulk, "GET", "other");
        var expected = Wire.Join(Wire.Error("NOPROTO"), Wire.Bulk("v"), Wire.Simple("late"), Wire.NullBulk);
        Assert.Equal(expected, await ReadAsync(client, expected.Length));
    }

    [Fact]
    public async Task AutomaticAnswer_BehindAnUnansweredCommand_WaitsItsTurn()
    {
        await using var server = FakeServer.Start();
        using var client = await ConnectAsync(server);
        await client.SendAsync(Wire.Join(Wire.Command("GET", "a"), Wire.Command("PING"), Wire.Command("GET", "b"), Wire.Command("PING", "x")));

        var connection = await server.AcceptAsync();
        await connection.ExpectAsync("GET", "a");
        await connection.ExpectAsync("GET", "b");
        await connection.SendAsync(Wire.Invalidation("a"));
        await connection.ReplyAsync(Wire.Number(1));
        await connection.ReplyAsync(Wire.Null);
        var expected = Wire.Join(Wire.Invalidation("a"), Wire.Number(1), Wire.Simple("PONG"), Wire.Null, Wire.Bulk("x"));
        Assert.Equal(expected, await ReadAsync(client, expected.Length));
    }

    [Fact]
    public async Task ReplyByteByByte_EachByte_ArrivesAlone()
    {
        await using var server = FakeServer.Start();
        using var client = await ConnectAsync(server);
        await client.SendAsync(Wire.Command("GET", "a"));
        var connection = await server.AcceptAsync();
        await connection.ExpectAsync("GET", "a");
        var reply = Wire.Map(Wire.Bulk("k"), Wire.Array(Wire.NullArray, Wire.Number(-7)));

        var replying = connection.ReplyByteByByteAsync(reply);
        var pieces = new List<byte[]>();
        var buffer = new byte[1_024];
        while (pieces.Count < reply.Length)
        {
            var count = await client.ReceiveAsync(buffer);
            Assert.NotEqual(0, count);
            pieces.Add(buffer[..count]);
        }

        await replying;
        Assert.All(pieces, piece => Assert.Single(piece));
        Assert.Equal(reply, pieces.SelectMany(piece => piece));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5)]
    public async Task CloseAfterWriting_ReplyBeyond_IsCutOff(int bytes)
    {
        await using var server = FakeServer.Start();
        using var client = await ConnectAsync(server);
        var connection = await server.AcceptAsync();
        connection.CloseAfterWriting(bytes);
        await client.SendAsync(Wire.Command("GET", "a"));
        await connection.ExpectAsync("GET", "a");
        await connection.ReplyAsync(Wire.Bulk("value"));

        Assert.Equal(Wire.Bulk("value")[..bytes], await ReadAsync(client, 100));
        Assert.Equal(bytes, connection.BytesWritten);
    }

    [Fact]
    public async Task CloseAfterReading_CommandBeyond_IsNotReceived()
    {
        await using var server = FakeServer.Start();
        using var client = await ConnectAsync(server);
        var connection = await server.AcceptAsync();
        var first = Wire.Command("GET", "a");
        connection.CloseAfterReading(first.Length + 3);
        await client.SendAsync(Wire.Join(first, Wire.Command("GET", "b")));

        await connection.Closed;
        Assert.Equal("GET a", Assert.Single(connection.Received).ToString());
        Assert.Equal(first.Length + 3, connection.BytesRead);
        Assert.Empty(await ReadAsync(client, 1));
    }

    [Fact]
    public async Task Stall_UntilResumed_AnswersNothing()
    {
        await using var server = FakeServer.Start();
        using var client = await ConnectAsync(server);
        var connection = await server.AcceptAsync();
        connection.Stall();
        await client.SendAsync(Wire.Command("PING"));
        Assert.Empty(connection.Received);

        connection.Resume();
        Assert.Equal(Wire.Simple("PONG"), await ReadAsync(client, 7));
    }

    [Fact]
    public async Task Reset_ConnectionInUse_IsAnErrorForTheClient()
    {
        await using var server = FakeServer.Start();
        using var client = await ConnectAsync(server);
        (await server.AcceptAsync()).Reset();
        var exception = await Assert.ThrowsAsync<SocketException>(() => ReadAsync(client, 1));
        Assert.Equal(SocketError.ConnectionReset, exception.SocketErrorCode);
    }

    [Fact]
    public async Task StopListening_UntilListening_RefusesConnections()
    {
        await using var server = FakeServer.Start();
        using var first = await ConnectAsync(server);
        var connection = await server.AcceptAsync();
        server.StopListening();
        await Assert.ThrowsAsync<SocketException>(() => ConnectAsync(server));
        server.CloseAll();
        await connection.Closed;

        server.Listen();
        using var second = await ConnectAsync(server);
        Assert.Equal(2, (await server.AcceptAsync()).Id);
    }

    [Fact]
    public async Task Expect_AnotherCommand_SaysWhatCame()
    {
        await using var server = FakeServer.Start();
        using var client = await ConnectAsync(server);
        await client.SendAsync(Wire.Command("GET", "a"));
        var connection = await server.AcceptAsync();
        var exception = await Assert.ThrowsAsync<FakeServerException>(() => connection.ExpectAsync("GET", "b"));
        Assert.StartsWith("Expected GET b, received GET a", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Script_ThatFails_FailsTheDisposal()
    {
        var server = FakeServer.Start(connection => connection.ExpectAsync("GET", "b"));
        using var client = await ConnectAsync(server);
        await client.SendAsync(Wire.Command("GET", "a"));
        Assert.Empty(await ReadAsync(client, 1));
        var exception = await Assert.ThrowsAsync<AggregateException>(async () => await server.DisposeAsync());
        Assert.IsType<FakeServerException>(Assert.Single(exception.InnerExceptions));
    }

    private static async Task<Socket> ConnectAsync(FakeServer server)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, server.Port);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>So many bytes, or fewer where the connection ends before.</summary>
    private static async Task<byte[]> ReadAsync(Socket client, int length)
    {
        var bytes = new byte[length];
        var read = 0;
        while (read < length && await client.ReceiveAsync(bytes.AsMemory(read)) is > 0 and var count)
        {
            read += count;
        }

        return bytes[..read];
    }
}
