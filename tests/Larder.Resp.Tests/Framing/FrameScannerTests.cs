using System.Globalization;
using System.Text;
using Larder.Resp.Framing;
using Larder.Resp.Tests.Kit;

namespace Larder.Resp.Tests.Framing;

public sealed class FrameScannerTests
{
    [Theory]
    [InlineData("+OK\r\n", "SimpleString OK")]
    [InlineData("+\r\n", "SimpleString ")]
    [InlineData("-ERR no\r\n", "Error ERR no")]
    [InlineData(":-9223372036854775808\r\n", "Integer -9223372036854775808")]
    [InlineData("$0\r\n\r\n", "BulkString ")]
    [InlineData("$4\r\na\r\nb\r\n", "BulkString a\r\nb")]
    [InlineData("$-1\r\n", "Null")]
    [InlineData("*-1\r\n", "Null")]
    [InlineData("_\r\n", "Null")]
    [InlineData("#f\r\n", "Boolean f")]
    [InlineData(",1.5e3\r\n", "Double 1.5e3")]
    [InlineData(",-inf\r\n", "Double -inf")]
    [InlineData(",nan\r\n", "Double nan")]
    [InlineData("(123456789012345678901234567890\r\n", "BigNumber 123456789012345678901234567890")]
    [InlineData("!5\r\nERR x\r\n", "BulkError ERR x")]
    [InlineData("=7\r\ntxt:abc\r\n", "VerbatimString abc")]
    [InlineData("*0\r\n", "Array()")]
    [InlineData("*2\r\n*1\r\n:1\r\n$-1\r\n", "Array(Array(Integer 1), Null)")]
    [InlineData("%1\r\n+a\r\n~1\r\n:1\r\n", "Map(SimpleString a, Set(Integer 1))")]
    [InlineData(">2\r\n+invalidate\r\n*1\r\n$1\r\nk\r\n", "Push(SimpleString invalidate, Array(BulkString k))")]
    [InlineData("*2\r\n|1\r\n+ttl\r\n:3600\r\n:1\r\n|0\r\n:2\r\n", "Array(Integer 1, Integer 2)")]
    public void Scan_EveryType_IsFoundAtEverySplit(string wire, string shown)
    {
        var bytes = Frames.Bytes(wire + "+next\r\n");
        Assert.Equal(wire.Length, Frames.Scan(bytes));
        Assert.Equal(shown, Frames.Show(bytes));
        var scanner = new FrameScanner(new RespLimits());
        for (var length = 0; length < wire.Length; length++)
        {
            Assert.False(scanner.Scan(bytes.AsSpan(0, length)), $"after {length} bytes");
        }

        Assert.True(scanner.Scan(bytes.AsSpan(0, wire.Length)));
        Assert.Equal(wire.Length, scanner.Length);
    }

    [Theory]
    [InlineData("hello\r\n", "0x68 is no type")]
    [InlineData("H", "0x48 is no type")]
    [InlineData("\u0015\u0003\u0003", "ssl=true")]
    [InlineData("$?\r\n", "streamed types")]
    [InlineData("*?\r\n", "streamed types")]
    [InlineData(";4\r\n", "streamed types")]
    [InlineData("$-2\r\n", "a length is no number")]
    [InlineData("$ 1\r\n", "a length is no number")]
    [InlineData("$\r\n", "a length is no number")]
    [InlineData("~-1\r\n", "a length is no number")]
    [InlineData("$99999999999999999999\r\n", "a length is no number")]
    [InlineData("$67108865\r\n", "limit of 67108864 bytes")]
    [InlineData("$999999999999999999\r\n", "limit of 67108864 bytes")]
    [InlineData("*1048577\r\n", "limit of 1048576 elements")]
    [InlineData("%524289\r\n", "limit of 1048576 elements")]
    [InlineData("%999999999999999999\r\n", "limit of 1048576 elements")]
    [InlineData("$1\r\nab\r\n", "does not end in CR LF")]
    [InlineData("+a\n", "does not end in CR LF")]
    [InlineData("\r\n", "0x0d is no type")]
    [InlineData(":1x\r\n", "':'")]
    [InlineData(":9223372036854775808\r\n", "':'")]
    [InlineData("#x\r\n", "'#'")]
    [InlineData("_x\r\n", "'_'")]
    [InlineData(",x\r\n", "','")]
    [InlineData("(-\r\n", "'('")]
    [InlineData("=3\r\nabc\r\n", "format")]
    [InlineData("*1\r\n>1\r\n+x\r\n", "a push stands inside")]
    public void Scan_WhatIsNotResp_IsRefusedAndSaysWhy(string wire, string reason)
    {
        var failure = Assert.Throws<RespProtocolException>(() => Frames.Scan(Frames.Bytes(wire)));
        Assert.Contains(reason, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Scan_SixteenLevels_AreReadAndSeventeenRefused()
    {
        var sixteen = string.Concat(Enumerable.Repeat("*1\r\n", new RespLimits().MaximumDepth));
        Assert.NotNull(Frames.Scan(Frames.Bytes(sixteen + ":1\r\n")));
        Assert.Throws<RespProtocolException>(() => Frames.Scan(Frames.Bytes(sixteen + "*1\r\n")));
    }

    [Fact]
    public void Scan_LongestLine_IsReadAndALongerOneRefusedBeforeItsEnd()
    {
        var longest = new string('x', new RespLimits().MaximumLine - 2);
        Assert.NotNull(Frames.Scan(Frames.Bytes($"+{longest}\r\n")));
        Assert.Throws<RespProtocolException>(() => Frames.Scan(Frames.Bytes($"+{longest}xxx")));
    }

    [Fact]
    public void Scan_ManyElementsByteByByte_LooksAtEachByteAFewTimesOnly()
    {
        // Quadratic work over 2 MB would take hours; this is over in no time or hangs the run.
        var wire = Frames.Bytes($"*{500_000}\r\n" + string.Concat(Enumerable.Repeat(":1\r\n", 500_000)));
        var scanner = new FrameScanner(new RespLimits());
        for (var length = 1; length < wire.Length; length++)
        {
            Assert.False(scanner.Scan(wire.AsSpan(0, length)));
        }

        Assert.True(scanner.Scan(wire));
    }

    [Fact]
    public void Scan_HugeDeclaredLengths_AllocateNothing()
    {
        var bulk = Frames.Bytes("$67108864\r\nabc");
        var aggregate = Frames.Bytes("*1048576\r\n*1048576\r\n");
        Assert.Null(Frames.Scan(bulk));
        Assert.Null(Frames.Scan(aggregate));
        var limits = new RespLimits();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Frames.Scan(bulk, limits);
        Frames.Scan(aggregate, limits);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void Scan_RandomReplies_ReadBackAsTheyWereWritten()
    {
        var random = new Random(20_261_121);
        for (var i = 0; i < 5_000; i++)
        {
            var wire = new StringBuilder();
            var shown = Frames.Draw(random, wire, depth: 0);
            var bytes = Frames.Bytes(wire.ToString());
            Assert.Equal(bytes.Length, Frames.Scan(bytes));
            Assert.Equal(shown, Frames.Show(bytes));
        }
    }

    [Fact]
    public void Scan_FuzzedBytes_EndInAReplyAnErrorOrAskForMore()
    {
        var count = Soak.Count("LARDER_RESP_FUZZ", 200_000);
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        var limits = new RespLimits { MaximumBulk = 4096 };
        for (var i = 0; i < count; i++)
        {
            var bytes = Fuzz(random);
            var whole = Outcome(bytes, limits, step: bytes.Length);
            var pieces = Outcome(bytes, limits, step: 1 + random.Next(7));
            Assert.True(
                whole == pieces,
                string.Create(CultureInfo.InvariantCulture, $"Seed {seed}, input {i}: {whole} as a whole, {pieces} in pieces: {Convert.ToHexString(bytes)}"));
        }
    }

    private static byte[] Fuzz(Random random)
    {
        if (random.Next(4) == 0)
        {
            var noise = new byte[random.Next(64)];
            random.NextBytes(noise);
            return noise;
        }

        var wire = new StringBuilder();
        Frames.Draw(random, wire, depth: random.Next(3));
        var bytes = Frames.Bytes(wire.ToString());
        for (var changes = random.Next(4); changes > 0 && bytes.Length > 0; changes--)
        {
            const string Alphabet = "+-:$*_#,(!=%~>|;.?0123456789\r\n\0\u00ff";
            bytes[random.Next(bytes.Length)] = (byte)Alphabet[random.Next(Alphabet.Length)];
        }

        return random.Next(3) == 0 ? bytes[..random.Next(bytes.Length + 1)] : bytes;
    }

    // What comes out must not depend on the pieces that the bytes came in.
    private static string Outcome(byte[] bytes, RespLimits limits, int step)
    {
        var scanner = new FrameScanner(limits);
        try
        {
            for (var length = Math.Min(step, bytes.Length); ; length = Math.Min(length + step, bytes.Length))
            {
                if (scanner.Scan(bytes.AsSpan(0, length)))
                {
                    var reader = new RespReader(bytes, 0, scanner.Length, epoch: 1);
                    while (reader.Read())
                    {
                        _ = reader.Span.Length;
                    }

                    return string.Create(CultureInfo.InvariantCulture, $"{scanner.Length} {(bytes[0] == '|' ? "an attribute" : Frames.Show(bytes))}");
                }

                if (length == bytes.Length)
                {
                    return "more";
                }
            }
        }
        catch (RespProtocolException)
        {
            return "refused";
        }
    }
}
