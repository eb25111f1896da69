using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Larder.Sealing;

/// <summary>
/// The cyclic redundancy check with Castagnoli's polynomial, as in RFC 3720, appendix B.4: one instruction for eight bytes on most
/// processors. It finds accidents, not forgery.
/// </summary>
/// <remarks>
/// The instruction takes three cycles but one can begin in each, so three neighbouring blocks are checked side by side and joined: the state of the first is carried over the length of the
/// next with a table. The idea is Gopal and others', "Fast CRC Computation for iSCSI Polynomial Using CRC32 Instruction" (Intel, 2011).
/// </remarks>
internal static class Crc32C
{
    // Three of them, and little is left of a body of a kilobyte.
    private const int Block = 256;

    // What a state becomes behind a block of zeros, for each value of each of its four bytes: states are added with XOR.
    private static readonly uint[] Carried = Carry();

    internal static uint Of(ReadOnlySpan<byte> bytes) => ~Append(uint.MaxValue, bytes);

    internal static uint Of(in ReadOnlySequence<byte> bytes)
    {
        if (bytes.IsSingleSegment)
        {
            return Of(bytes.FirstSpan);
        }

        var state = uint.MaxValue;
        foreach (var segment in bytes)
        {
            state = Append(state, segment.Span);
        }

        return ~state;
    }

    /// <summary>The check of the text's UTF-16 code units, each with its low byte first: no step through another encoding is needed.</summary>
    internal static uint Of(ReadOnlySpan<char> text)
    {
        if (BitConverter.IsLittleEndian)
        {
            return Of(MemoryMarshal.AsBytes(text));
        }

        var state = uint.MaxValue;
        foreach (var unit in text)
        {
            state = BitOperations.Crc32C(state, unit);
        }

        return ~state;
    }

    private static uint Append(uint state, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length >= 3 * Block)
        {
            state = AppendThree(state, bytes);
            bytes = bytes[(3 * Block)..];
        }

        while (bytes.Length >= sizeof(ulong))
        {
            state = BitOperations.Crc32C(state, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (var one in bytes)
        {
            state = BitOperations.Crc32C(state, one);
        }

        return state;
    }

    private static uint AppendThree(uint first, ReadOnlySpan<byte> bytes)
    {
        uint second = 0;
        uint third = 0;
        for (var at = 0; at < Block; at += sizeof(ulong))
        {
            first = BitOperations.Crc32C(first, BinaryPrimitives.ReadUInt64LittleEndian(bytes[at..]));
            second = BitOperations.Crc32C(second, BinaryPrimitives.ReadUInt64LittleEndian(bytes[(at + Block)..]));
            third = BitOperations.Crc32C(third, BinaryPrimitives.ReadUInt64LittleEndian(bytes[(at + (2 * Block))..]));
        }

        return Over(Over(first) ^ second) ^ third;
    }

    /// <summary>The state behind a block of zeros.</summary>
    private static uint Over(uint state) =>
        Carried[(byte)state] ^ Carried[256 + (byte)(state >> 8)] ^ Carried[512 + (byte)(state >> 16)] ^ Carried[768 + (int)(state >> 24)];

    private static uint[] Carry()
    {
        var carried = new uint[4 * 256];
        for (var i = 0; i < carried.Length; i++)
        {
            var state = (uint)(i % 256) << (8 * (i / 256));
            for (var at = 0; at < Block; at += sizeof(ulong))
            {
                state = BitOperations.Crc32C(state, 0UL);
            }

            carried[i] = state;
        }

        return carried;
    }
}
