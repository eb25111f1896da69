using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Larder.Memory.Table;

/// <summary>
/// A hash of bytes or numbers under secret seeds: folded 64 x 64 to 128 bit multiplications, sixteen bytes a step,
/// after the idea of wyhash (Wang Yi, https://github.com/wangyi-fudan/wyhash, public domain). Who does not know the
/// seeds cannot choose keys that collide.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal readonly struct SeededHash
{
    private const ulong LengthFactor = 0x9E3779B97F4A7C15;

    private readonly ulong _first;
    private readonly ulong _second;
    private readonly ulong _third;

    internal SeededHash(ulong seed)
    {
        // SplitMix64 (Steele, Lea, Flood 2014) draws three seeds out of one; odd, because a factor of zero forgets.
        _first = Draw(ref seed) | 1;
        _second = Draw(ref seed) | 1;
        _third = Draw(ref seed) | 1;
    }

    /// <summary>The hash of a number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal int Of(int number)
    {
        var mixed = Fold((uint)number ^ _first, _second);
        return (int)(mixed ^ (mixed >> 32));
    }

    /// <summary>The hash of characters.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal int Of(ReadOnlySpan<char> text)
    {
        ref var start = ref Unsafe.As<char, byte>(ref MemoryMarshal.GetReference(text));
        var left = (nuint)(uint)text.Length * sizeof(char);
        var state = _third ^ (left * LengthFactor);
        ulong low;
        ulong high;
        if (left >= 16)
        {
            nuint at = 0;
            while (left > 16)
            {
                state = Fold(Eight(ref start, at) ^ _second, Eight(ref start, at + 8) ^ state);
                at += 16;
                left -= 16;
            }

            // The last sixteen bytes, be it that they overlap the step before.
            low = Eight(ref start, at + left - 16);
            high = Eight(ref start, at + left - 8);
        }
        else if (left >= 8)
        {
            low = Eight(ref start, 0);
            high = Eight(ref start, left - 8);
        }
        else if (left >= 4)
        {
            low = Four(ref start, 0);
            high = Four(ref start, left - 4);
        }
        else
        {
            low = left == 0 ? 0UL : Unsafe.As<byte, char>(ref start);
            high = 0;
        }

        var mixed = Fold(low ^ _first, high ^ state);
        return (int)(mixed ^ (mixed >> 32));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Fold(ulong one, ulong other)
    {
        if (Bmi2.X64.IsSupported)
        {
            // A second multiplication, at the same time as the first, is faster than low bits that come by way of the stack.
            return Bmi2.X64.MultiplyNoFlags(one, other) ^ (one * other);
        }

        var high = Math.BigMul(one, other, out var low);
        return high ^ low;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Eight(ref byte start, nuint at) => Unsafe.ReadUnaligned<ulong>(ref Unsafe.AddByteOffset(ref start, at));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Four(ref byte start, nuint at) => Unsafe.ReadUnaligned<uint>(ref Unsafe.AddByteOffset(ref start, at));

    private static ulong Draw(ref ulong seed)
    {
        seed += 0x9E3779B97F4A7C15;
        var mixed = (seed ^ (seed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return mixed ^ (mixed >> 31);
    }
}
