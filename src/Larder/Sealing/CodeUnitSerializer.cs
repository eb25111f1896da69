using System.Buffers;
using System.Buffers.Binary;
using Microsoft.Extensions.Caching.Hybrid;

namespace Larder.Sealing;

/// <summary>Strings as their UTF-16 code units, low byte first, whatever they are.</summary>
internal sealed class CodeUnitSerializer : IHybridCacheSerializer<string>
{
    internal static readonly CodeUnitSerializer Instance = new();

    private CodeUnitSerializer()
    {
    }

    public string Deserialize(ReadOnlySequence<byte> source)
    {
        if (source.Length % sizeof(char) != 0)
        {
            throw new FormatException("Half a code unit is missing.");
        }

        return string.Create((int)(source.Length / sizeof(char)), source, static (text, source) =>
        {
            var reader = new SequenceReader<byte>(source);
            for (var i = 0; i < text.Length; i++)
            {
                reader.TryReadLittleEndian(out short unit);
                text[i] = (char)unit;
            }
        });
    }

    public void Serialize(string value, IBufferWriter<byte> target)
    {
        foreach (var unit in value)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(target.GetSpan(sizeof(char)), unit);
            target.Advance(sizeof(char));
        }
    }
}
