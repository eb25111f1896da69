using System.Text;
using Larder.Sealing;

namespace Larder.Tests.Sealing;

public sealed class Crc32CTests
{
    // From RFC 3720, appendix B.4, and the customary check value.
    [Fact]
    public void KnownInputs_GiveTheKnownChecks()
    {
        Assert.Equal(0xE3069283u, Crc32C.Of("123456789"u8));
        Assert.Equal(0x8A9136AAu, Crc32C.Of(new byte[32]));
        Assert.Equal(0x62A8AB43u, Crc32C.Of(Enumerable.Repeat((byte)0xFF, 32).ToArray()));
        Assert.Equal(0x46DD794Eu, Crc32C.Of(Enumerable.Range(0, 32).Select(i => (byte)i).ToArray()));
        Assert.Equal(0u, Crc32C.Of(ReadOnlySpan<byte>.Empty));
    }

    [Fact]
    public void Segments_HoweverCut_GiveTheSameCheck()
    {
        var bytes = Enumerable.Range(0, 300).Select(i => (byte)(i * 7)).ToArray();
        var whole = Crc32C.Of(bytes);
        for (var size = 1; size <= bytes.Length; size++)
        {
            Assert.Equal(whole, Crc32C.Of(SealingKit.Segments(bytes, size)));
        }
    }

    [Fact]
    public void Text_IsCheckedAsUtf16WithTheLowByteFirst() =>
        Assert.Equal(Crc32C.Of(Encoding.Unicode.GetBytes("größe 🎁")), Crc32C.Of("größe 🎁"));

    [Fact]
    public void Of_EveryLength_IsWhatThePolynomialSays()
    {
        var bytes = new byte[2_400];
        new Random(7).NextBytes(bytes);
        var state = uint.MaxValue;
        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.Equal(~state, Crc32C.Of(bytes.AsSpan(0, length)));
            state = Bitwise(state, bytes[length]);
        }
    }

    private static uint Bitwise(uint state, byte next)
    {
        state ^= next;
        for (var bit = 0; bit < 8; bit++)
        {
            state = (state & 1) != 0 ? (state >> 1) ^ 0x82F63B78u : state >> 1;
        }

        return state;
    }
}
