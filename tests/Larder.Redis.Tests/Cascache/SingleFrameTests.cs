using Larder.Redis.Cascache;

namespace Larder.Redis.Tests.Cascache;

public sealed class SingleFrameTests
{
    public static TheoryData<ulong, string, string> Singles => Vectors.Singles;

    [Theory]
    [MemberData(nameof(Singles))]
    public void WriteHeader_EachVector_GivesItsBytes(ulong generation, string payload, string frame)
    {
        var bytes = Vectors.Bytes(payload);
        var header = new byte[SingleFrame.HeaderLength];
        SingleFrame.WriteHeader(header, generation, bytes.Length);
        Assert.Equal(Vectors.Bytes(frame), header.Concat(bytes).ToArray());
    }

    [Theory]
    [MemberData(nameof(Singles))]
    public void Read_EachVector_GivesItsFields(ulong generation, string payload, string frame)
    {
        Assert.Equal(FrameFault.None, SingleFrame.Read(Vectors.Bytes(frame), out var read, out var body));
        Assert.Equal(generation, read);
        Assert.Equal(Vectors.Bytes(payload), body.ToArray());
    }

    [Theory]
    [InlineData("", "TooShort")]
    [InlineData("43", "TooShort")]
    [InlineData("43415343 01 01 000000000000002a 000000", "TooShort")]
    [InlineData("58415343 01 01 000000000000002a 00000005 68656c6c6f", "Magic")]
    [InlineData("43415358 01 01 000000000000002a 00000005 68656c6c6f", "Magic")]
    [InlineData("7b7d", "Magic")]
    [InlineData("43415343 00 01 000000000000002a 00000005 68656c6c6f", "Version")]
    [InlineData("43415343 03 01 000000000000002a 00000005 68656c6c6f", "Version")]
    [InlineData("43415343 01 02 000000000000002a 00000005 68656c6c6f", "Kind")]
    [InlineData("43415343 01 00 000000000000002a 00000005 68656c6c6f", "Kind")]
    [InlineData("43415343 01 01 000000000000002a 00000006 68656c6c6f", "PayloadTooLong")]
    [InlineData("43415343 01 01 000000000000002a ffffffff 68656c6c6f", "PayloadTooLong")]
    [InlineData("43415343 01 01 000000000000002a 80000000", "PayloadTooLong")]
    [InlineData("43415343 01 01 000000000000002a 00000004 68656c6c6f", "TrailingBytes")]
    [InlineData("43415343 01 01 000000000000002a 00000000 00", "TrailingBytes")]
    public void Read_MalformedFrame_IsRefusedWithItsFault(string frame, string fault)
    {
        Assert.Equal(Enum.Parse<FrameFault>(fault), SingleFrame.Read(Vectors.Bytes(frame), out var generation, out var payload));
        Assert.Equal(0UL, generation);
        Assert.True(payload.IsEmpty);
    }

    [Fact]
    public void Read_Payload_LiesInTheFrame()
    {
        var frame = Vectors.Bytes("43415343 01 01 000000000000002a 00000001 68");
        SingleFrame.Read(frame, out _, out var payload);
        frame[^1] = 0x69;
        Assert.Equal(0x69, payload.Span[0]);
    }
}
