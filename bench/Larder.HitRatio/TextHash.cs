using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Larder.HitRatio;

/// <summary>Names of keys as numbers, the same on every machine.</summary>
internal static class TextHash
{
    internal static ulong Of(ReadOnlySpan<char> text)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(MemoryMarshal.AsBytes(text), digest);

        // The upper half of the range, which numbers of a trace seldom reach.
        return MemoryMarshal.Read<ulong>(digest) | (1UL << 63);
    }
}
