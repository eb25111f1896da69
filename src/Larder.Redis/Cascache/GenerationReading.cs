using System.Buffers.Text;
using System.Runtime.InteropServices;
using Larder.Resp;

namespace Larder.Redis.Cascache;

/// <summary>What stood in the key of a generation: nothing, which is 0, a whole number, or something that is none.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct GenerationReading(bool IsReadable, ulong Value)
{
    internal static readonly IRespDecoder<GenerationReading> Decoder = new Reading();

    /// <summary>Reads digits alone, as INCR writes them; neither signs nor spaces, and no zero in front.</summary>
    internal static GenerationReading Of(ReadOnlySpan<byte> text) =>
        Utf8Parser.TryParse(text, out ulong value, out var used) && used == text.Length && text.Length > 0
            && text[0] is >= (byte)'0' and <= (byte)'9' && (text[0] != (byte)'0' || text.Length == 1)
            ? new GenerationReading(true, value)
            : new GenerationReading(false, 0);

    private sealed class Reading : IRespDecoder<GenerationReading>
    {
        public GenerationReading Decode(ref RespReader reply) => reply.IsNull ? new GenerationReading(true, 0) : Of(reply.Span);
    }
}
