using System.Runtime.InteropServices;

namespace Larder.Resp.Framing;

/// <summary>A string in a reply that is longer than allowed, and is not kept.</summary>
/// <param name="Position">Where its line begins, counted from the beginning of the reply.</param>
/// <param name="LineLength">The length of the line, with CR LF.</param>
/// <param name="Length">How many bytes follow, without the CR LF behind them.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct LongBulk(int Position, int LineLength, long Length)
{
    /// <summary>What the error in its place begins with: nothing that a server would say.</summary>
    internal const char Mark = '\u0001';

    /// <summary>Writes an error over the line, as long as the line is.</summary>
    internal static void WriteOver(Span<byte> line)
    {
        line[0] = (byte)'-';
        line[1..^2].Fill((byte)Mark);
    }
}
