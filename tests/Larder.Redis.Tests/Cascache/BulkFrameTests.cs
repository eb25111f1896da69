using System.Globalization;
using Larder.Redis.Cascache;

namespace Larder.Redis.Tests.Cascache;

public sealed class BulkFrameTests
{
    public static TheoryData<string[], string> Bulks => Vectors.Bulks;

    [Theory]
    [MemberData(nameof(Bulks))]
    public void Write_EachVector_GivesItsBytes(string[] members, string frame) =>
        Assert.Equal(Vectors.Bytes(frame), BulkWriter.Write([.. members.Select(PartOf)]));

    [Theory]
    [MemberData(nameof(Bulks))]
    public void TryRead_EachVector_GivesItsMembersInOrder(string[] members, string frame)
    {
        var (read, fault) = ReadAll(Vectors.Bytes(frame));
        Assert.Equal(FrameFault.None, fault);
        Assert.Equal(members, read);
    }

    [Theory]
    [InlineData("", "TooShort")]
    [InlineData("43415343 01 02 000000", "TooShort")]
    [InlineData("58415343 01 02 00000000", "Magic")]
    [InlineData("43415343 02 02 00000000", "Version")]
    [InlineData("43415343 01 01 00000000", "Kind")]
    [InlineData("43415343 01 02 00000000 00", "TrailingBytes")]
    [InlineData("43415343 01 02 ffffffff", "TooManyMembers")]
    [InlineData("43415343 01 02 00000001", "TooManyMembers")]
    [InlineData("43415343 01 02 00000002 0001 61 0000000000000001 00000001 78", "TooManyMembers")]
    [InlineData("43415343 01 02 00000001 0001 61 0000000000000001 00000001 78 beef", "TrailingBytes")]
    [InlineData("43415343 01 02 00000001 0000 0000000000000001 00000001 7878", "EmptyKey")]
    [InlineData("43415343 01 02 00000001 ffff 61 0000000000000001 00000001 78", "KeyTooLong")]
    [InlineData("43415343 01 02 00000001 0005 61 0000000000000001 00000000", "TooShort")]
    [InlineData("43415343 01 02 00000001 0001 61 0000000000000001 00000002 78", "PayloadTooLong")]
    [InlineData("43415343 01 02 00000001 0001 61 0000000000000001 ffffffff 78", "PayloadTooLong")]
    [InlineData("43415343 01 02 00000002 0001 61 0000000000000001 0000000f 787878787878787878787878787878", "TooShort")]
    public void TryRead_MalformedFrame_IsRefusedWithItsFault(string frame, string fault) =>
        Assert.Equal(Enum.Parse<FrameFault>(fault), ReadAll(Vectors.Bytes(frame)).Fault);

    [Fact]
    public void TryRead_WhateverIsClaimed_TakesNoMemory()
    {
        byte[][] frames =
        [
            Vectors.Bytes("43415343 01 02 ffffffff"),
            Vectors.Bytes("43415343 01 02 00000001 0001 61 0000000000000001 ffffffff 78"),
            Vectors.Bytes("43415343 01 02 00000001 0001 61 0000000000000001 00000001 78"),
        ];
        Walk(frames);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Walk(frames);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void Write_LongestKey_IsWrittenWithItsLength()
    {
        var frame = BulkWriter.Write([new BulkPart(new byte[65_535], 1, default)]);
        Assert.Equal(10 + 2 + 65_535 + 12, frame.Length);
        Assert.Equal(FrameFault.None, ReadAll(frame).Fault);
        Assert.Throws<OverflowException>(() => BulkWriter.Write([new BulkPart(new byte[65_536], 1, default)]));
    }

    private static void Walk(byte[][] frames)
    {
        foreach (var frame in frames)
        {
            var reader = new BulkReader(frame);
            while (reader.TryRead(out _))
            {
            }
        }
    }

    internal static (string[] Members, FrameFault Fault) ReadAll(byte[] frame)
    {
        var members = new List<string>();
        var reader = new BulkReader(frame);
        while (reader.TryRead(out var member))
        {
            members.Add(string.Create(
                CultureInfo.InvariantCulture, $"{Convert.ToHexStringLower(frame[member.Key])}/{member.Generation}/{Convert.ToHexStringLower(frame[member.Payload])}"));
        }

        return ([.. members], reader.Fault);
    }

    private static BulkPart PartOf(string member)
    {
        var fields = member.Split('/');
        return new BulkPart(Vectors.Bytes(fields[0]), ulong.Parse(fields[1], CultureInfo.InvariantCulture), Vectors.Bytes(fields[2]));
    }
}
