using System.Buffers.Text;

namespace Larder.Resp.Framing;

/// <summary>How RESP writes numbers.</summary>
internal static class Numbers
{
    internal static bool TryReadDouble(ReadOnlySpan<byte> value, out double number)
    {
        number = double.NaN;
        if (value.SequenceEqual("inf"u8) || value.SequenceEqual("+inf"u8))
        {
            number = double.PositiveInfinity;
            return true;
        }

        if (value.SequenceEqual("-inf"u8))
        {
            number = double.NegativeInfinity;
            return true;
        }

        return value.SequenceEqual("nan"u8)
            || value.SequenceEqual("-nan"u8)
            || (Utf8Parser.TryParse(value, out number, out var used) && used == value.Length && double.IsFinite(number));
    }

    internal static bool IsWhole(ReadOnlySpan<byte> value)
    {
        var digits = value is [(byte)'+' or (byte)'-', ..] ? value[1..] : value;
        return !digits.IsEmpty && !digits.ContainsAnyExceptInRange((byte)'0', (byte)'9');
    }
}
