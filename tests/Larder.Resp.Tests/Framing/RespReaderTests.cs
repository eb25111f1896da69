using Larder.Resp.Tests.Kit;

namespace Larder.Resp.Tests.Framing;

public sealed class RespReaderTests
{
    [Fact]
    public void Skip_Aggregate_GoesOnBehindEverythingInIt()
    {
        var reader = Reader("*3\r\n*2\r\n|1\r\n+a\r\n*1\r\n:9\r\n*2\r\n:1\r\n:2\r\n:3\r\n+after\r\n:4\r\n");
        Assert.True(reader.Read());
        Assert.True(reader.Read());
        Assert.Equal(2, reader.GetCount());
        reader.Skip();
        Assert.True(reader.Read());
        Assert.Equal("after", reader.GetString());
        Assert.True(reader.Read());
        Assert.Equal(4, reader.GetInt64());
        Assert.False(reader.Read());
    }

    [Fact]
    public void Getters_OtherType_SayWhatCameAndWhatWasWanted()
    {
        var text = Assert.Throws<RespReplyException>(() => Read("+OK\r\n").GetInt64());
        Assert.Contains("SimpleString", text.Message, StringComparison.Ordinal);
        Assert.Contains("a whole number", text.Message, StringComparison.Ordinal);
        Assert.Throws<RespReplyException>(() => Read("*1\r\n:1\r\n").GetString());
        Assert.Throws<RespReplyException>(() => Read("*1\r\n:1\r\n").GetBytes());
        Assert.Throws<RespReplyException>(() => Read("_\r\n").GetInt64());
        Assert.Throws<RespReplyException>(() => Read("+x\r\n").GetDouble());
        Assert.Throws<RespReplyException>(() => Read("+x\r\n").GetBoolean());
        Assert.Throws<RespReplyException>(() => Read("+x\r\n").GetCount());
    }

    [Fact]
    public void Getters_SameType_GiveTheValue()
    {
        Assert.Equal(42, Read("$2\r\n42\r\n").GetInt64());
        Assert.Equal(1.5, Read(",1.5\r\n").GetDouble());
        Assert.Equal(7, Read(":7\r\n").GetDouble());
        Assert.Equal(double.NegativeInfinity, Read("$4\r\n-inf\r\n").GetDouble());
        Assert.True(Read("#t\r\n").GetBoolean());
        Assert.False(Read(":0\r\n").GetBoolean());
        Assert.Null(Read("_\r\n").GetString());
        Assert.Null(Read("$-1\r\n").GetBytes());
        Assert.Equal([1, 2], Read("$2\r\n\u0001\u0002\r\n").GetBytes());
        Assert.Equal(3, Read("$3\r\nabc\r\n").Sequence.Length);
    }

    private static RespReader Reader(string wire)
    {
        var bytes = Frames.Bytes(wire);
        return new RespReader(bytes, 0, Frames.Scan(bytes)!.Value, epoch: 1);
    }

    private static RespReader Read(string wire)
    {
        var reader = Reader(wire);
        reader.Read();
        return reader;
    }
}
