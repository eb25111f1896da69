using System.Buffers;
using System.Text;
using Microsoft.Extensions.Caching.Hybrid;

namespace Larder.Sealing;

/// <summary>Strings as UTF-8. Those that are no well-formed text, because half of a surrogate pair is missing, need <see cref="CodeUnitSerializer"/>.</summary>
internal sealed class TextSerializer : IHybridCacheSerializer<string>
{
    internal static readonly TextSerializer Instance = new();

    // Throws instead of replacing: an answer is what was stored, or none.
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private TextSerializer()
    {
    }

    /// <summary>True when UTF-8 can hold the text.</summary>
    internal static bool IsWellFormed(string text)
    {
        var rest = text.AsSpan();
        while (rest.IndexOfAnyInRange('\uD800', '\uDFFF') is var at and >= 0)
        {
            if (at + 1 >= rest.Length || !char.IsSurrogatePair(rest[at], rest[at + 1]))
            {
                return false;
            }

            rest = rest[(at + 2)..];
        }

        return true;
    }

    public string Deserialize(ReadOnlySequence<byte> source) => Strict.GetString(in source);

    public void Serialize(string value, IBufferWriter<byte> target) => Strict.GetBytes(value, target);
}
