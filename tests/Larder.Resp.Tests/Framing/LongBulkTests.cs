using System.Globalization;
using System.Text;
using Larder.Resp.Framing;
using Larder.Servers;

namespace Larder.Resp.Tests.Framing;

/// <summary>A string that is longer than allowed costs its own command, and nobody else's connection.</summary>
public sealed class LongBulkTests
{
    private const int Most = 1_024;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(1_000)]
    [InlineData(100_000)]
    public void Scan_OfLongBulks_InAnyPieces_TakesThemOut(int piece)
    {
        var wire = $"*3\r\n$1\r\na\r\n{Long(Most + 1)}$1\r\nb\r\n{Long(300_000)}+next\r\n{Long(1_025)}";

        Assert.Equal(["Array 3", "a", "-", "b", "-", "next", "-"], Read(wire, piece));
    }

    [Fact]
    public void Scan_OfALongBulk_HoldsNoMemoryForIt()
    {
        var limits = new RespLimits { MaximumBulk = Most };
        var buffer = new ReceiveBuffer(limits);
        var scanner = new FrameScanner(limits, skipsLongBulks: true);
        Receive(buffer, "$900000000\r\n"u8);
        Assert.False(scanner.Scan(buffer.Unhandled));
        buffer.CutOut(scanner.TakeLongBulk()!.Value);
        Assert.True(scanner.Scan(buffer.Unhandled));
        buffer.Handled(scanner.Length);

        var filling = new byte[ReceiveBuffer.SmallestCapacity];
        for (var come = 0L; come < 900_000_000 - filling.Length; come += filling.Length)
        {
            Receive(buffer, filling);
            Assert.Equal(0, buffer.Length);
        }

        Assert.InRange(buffer.Bytes.Length, 1, 2 * ReceiveBuffer.SmallestCapacity);
    }

    [Fact]
    public void Scan_LongBulkDoesNotEndAsItShould_IsNoResp() =>
        Assert.Throws<RespProtocolException>(static () => Read($"$2000\r\n{new string('x', 2_001)}\n", 100_000));

    [Fact]
    public void Scan_LengthThatNobodyHas_IsNotBelieved() =>
        Assert.Throws<RespProtocolException>(static () => Read("$1073741825\r\n", 100_000));

    [Fact]
    public async Task Reply_WithALongString_FailsItsCommandAndTheConnectionStays()
    {
        await using var server = FakeServer.Start();
        server.Answers.On("GET", static (_, command) => command[1] == "long" ? Wire.Raw(Long(500_000)) : Wire.Bulk(command[1]));
        server.Answers.On("MGET", static (_, _) => Wire.Raw($"*3\r\n$1\r\na\r\n{Long(500_000)}$1\r\nb\r\n"));
        await using var client = await RespClient.ConnectAsync($"127.0.0.1:{server.Port},maximumBulk=1024");
        Task<string?> tooLong;
        Task<string?> behind;
        using (RespClient.Gather())
        {
            tooLong = client.GetStringAsync("long").AsTask();
            behind = client.GetStringAsync("short").AsTask();
        }

        var failure = await Assert.ThrowsAsync<RespServerException>(() => tooLong);
        Assert.Equal("TOOLARGE", failure.Code);
        Assert.Contains("Limits.MaximumBulk", failure.Message, StringComparison.Ordinal);
        Assert.Equal("short", await behind);
        var many = await client.ExecuteAsync(new RespCommand("MGET", "a", "long", "b"));
        Assert.Equal(("a", "b"), (many.Items[0].AsString(), many.Items[2].AsString()));
        Assert.True(many.Items[1].IsError);
        Assert.Single(server.Connections);
    }

    private static string Long(int length) => string.Create(CultureInfo.InvariantCulture, $"${length}\r\n{new string('x', length)}\r\n");

    private static void Receive(ReceiveBuffer buffer, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var room = buffer.MakeRoom();
            var count = Math.Min(room.Length, bytes.Length);
            bytes[..count].CopyTo(room.Span);
            buffer.Received(count);
            bytes = bytes[count..];
        }
    }

    // Every element in its order; an error is a dash.
    private static List<string> Read(string wire, int piece)
    {
        var limits = new RespLimits { MaximumBulk = Most };
        var buffer = new ReceiveBuffer(limits);
        var scanner = new FrameScanner(limits, skipsLongBulks: true);
        var read = new List<string>();
        var bytes = Encoding.Latin1.GetBytes(wire);
        for (var start = 0; start < bytes.Length; start += piece)
        {
            Receive(buffer, bytes.AsSpan(start, Math.Min(piece, bytes.Length - start)));
            while (buffer.Length > 0)
            {
                if (!scanner.Scan(buffer.Unhandled))
                {
                    if (scanner.TakeLongBulk() is not { } tooLong)
                    {
                        break;
                    }

                    buffer.CutOut(tooLong);
                    continue;
                }

                var reader = new RespReader(buffer.Bytes, buffer.Start, scanner.Length, epoch: 1);
                while (reader.Read())
                {
                    read.Add(reader.IsAggregate ? $"{reader.Type} {reader.Count}" : reader.IsError ? "-" : Encoding.Latin1.GetString(reader.Span));
                }

                buffer.Handled(scanner.Length);
                scanner.Reset();
            }
        }

        Assert.Equal(0, buffer.Length);
        return read;
    }
}
