using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Larder;

/// <summary>
/// What a stored value, a lease, a tag or a whole cache is recognised by in a lower tier: 128 random bits that are
/// only ever compared for equality. Not a counter and not a clock, so nothing wraps, lags or goes back.
/// </summary>
/// <param name="high">The first eight bytes, read as a big-endian number.</param>
/// <param name="low">The last eight bytes, read as a big-endian number.</param>
[StructLayout(LayoutKind.Sequential)]
public readonly struct FenceToken(ulong high, ulong low) : IEquatable<FenceToken>
{
    /// <summary>How many bytes a token takes when it is written: 16.</summary>
    public const int Size = 16;

    private readonly ulong _high = high;
    private readonly ulong _low = low;

    /// <summary>No token at all: the default value. <see cref="Create()"/> never answers it.</summary>
    public static FenceToken None => default;

    /// <summary>True for <see cref="None"/>.</summary>
    public bool IsNone => (_high | _low) == 0;

    /// <summary>A fresh token from the operating system's random source. Fresh for each command that is sent: a token is never sent twice.</summary>
    /// <returns>The token.</returns>
    public static FenceToken Create() => Create(RandomNumberGenerator.Fill);

    /// <summary>A fresh token from another source of random bytes, such as that of a simulation.</summary>
    internal static FenceToken Create(Action<Span<byte>> fill)
    {
        Span<byte> bytes = stackalloc byte[Size];
        FenceToken made;
        do
        {
            fill(bytes);
            made = Read(bytes);
        }
        while (made.IsNone);
        return made;
    }

    /// <summary>Reads a token from its 16 bytes.</summary>
    /// <param name="source">At least 16 bytes, of which the first 16 are read.</param>
    /// <returns>The token.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer than 16 bytes.</exception>
    public static FenceToken Read(ReadOnlySpan<byte> source) =>
        new(BinaryPrimitives.ReadUInt64BigEndian(source), BinaryPrimitives.ReadUInt64BigEndian(source[sizeof(ulong)..]));

    /// <summary>Writes the 16 bytes of this token.</summary>
    /// <param name="target">Room for at least 16 bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is less room.</exception>
    public void Write(Span<byte> target)
    {
        BinaryPrimitives.WriteUInt64BigEndian(target, _high);
        BinaryPrimitives.WriteUInt64BigEndian(target[sizeof(ulong)..], _low);
    }

    /// <inheritdoc/>
    public bool Equals(FenceToken other) => _high == other._high && _low == other._low;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is FenceToken other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_high, _low);

    /// <summary>The token as 32 hexadecimal digits.</summary>
    public override string ToString() => $"{_high:x16}{_low:x16}";

    /// <summary>True when both are the same 128 bits.</summary>
    public static bool operator ==(FenceToken left, FenceToken right) => left.Equals(right);

    /// <summary>True when they differ.</summary>
    public static bool operator !=(FenceToken left, FenceToken right) => !left.Equals(right);
}
