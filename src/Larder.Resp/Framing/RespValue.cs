using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Larder.Resp;

/// <summary>A reply, or a part of one, that owns its bytes. The default is null. It never changes.</summary>
public readonly struct RespValue
{
    private readonly object? _content;

    internal RespValue(RespType type, byte[] bytes)
    {
        Kind = type;
        _content = bytes;
    }

    internal RespValue(RespType type, RespValue[] items)
    {
        Kind = type;
        _content = items;
    }

    private RespType Kind { get; }

    /// <summary>The type that the server sent.</summary>
    public RespType Type => Kind == RespType.None ? RespType.Null : Kind;

    /// <summary>True for a null.</summary>
    public bool IsNull => Type == RespType.Null;

    /// <summary>True for both kinds of errors. Only inside aggregates and groups are errors values; otherwise they are thrown.</summary>
    public bool IsError => Type is RespType.Error or RespType.BulkError;

    /// <summary>The elements of an aggregate, a map's keys and values in turn; empty for everything else.</summary>
    public IReadOnlyList<RespValue> Items => _content as RespValue[] ?? [];

    /// <summary>The bytes of what is no aggregate; empty for null and aggregates.</summary>
    public ReadOnlyMemory<byte> Bytes => _content as byte[];

    /// <summary>The value as a whole number.</summary>
    /// <exception cref="RespReplyException">It is something else.</exception>
    public long AsInt64() =>
        Utf8Parser.TryParse(Bytes.Span, out long number, out var used) && used == Bytes.Length && used > 0
            ? number
            : throw Unexpected("a whole number");

    /// <summary>The value as a floating-point number.</summary>
    /// <exception cref="RespReplyException">It is something else.</exception>
    public double AsDouble() => Framing.Numbers.TryReadDouble(Bytes.Span, out var number) ? number : throw Unexpected("a number");

    /// <summary>The value as text in UTF-8; null for a null.</summary>
    /// <exception cref="RespReplyException">It is an aggregate.</exception>
    public string? AsString() => _content switch
    {
        null => null,
        byte[] bytes => Encoding.UTF8.GetString(bytes),
        _ => throw Unexpected("a text"),
    };

    /// <summary>The value as bytes; null for a null.</summary>
    /// <exception cref="RespReplyException">It is an aggregate.</exception>
    public byte[]? AsBytes() => _content switch
    {
        null => null,
        byte[] bytes => bytes,
        _ => throw Unexpected("bytes"),
    };

    /// <summary>What it is, without showing what is in it.</summary>
    public override string ToString() => _content switch
    {
        RespValue[] items => string.Create(CultureInfo.InvariantCulture, $"{Type} of {items.Length}"),
        byte[] bytes => string.Create(CultureInfo.InvariantCulture, $"{Type}, {bytes.Length} B"),
        _ => "Null",
    };

    private RespReplyException Unexpected(string wanted) =>
        new(string.Create(CultureInfo.InvariantCulture, $"The reply is of type {Type} where {wanted} was expected."));
}
