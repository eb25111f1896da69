using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Larder.Resp;

/// <summary>
/// Goes over the elements of one reply, where they lie in the buffer that they were received into: the way to read a
/// reply without copying it. It stands on an element; <see cref="Read"/> takes it to the next one, depth first.
/// </summary>
/// <remarks>
/// Nothing that it hands out may be kept after the decoder returns: <see cref="Span"/> and <see cref="Sequence"/> show
/// the buffer, which is reused. Whoever keeps bytes copies them. The reply has been checked as a whole before a decoder
/// sees it, so an element that is there is well formed. Not safe for several threads.
/// </remarks>
public ref struct RespReader
{
    private readonly byte[] _buffer;
    private readonly int _end;
    private int _position;
    private int _start;
    private int _length;

    internal RespReader(byte[] buffer, int start, int length, long epoch)
    {
        _buffer = buffer;
        _position = start;
        _end = start + length;
        Epoch = epoch;
    }

    /// <summary>Which connection the reply came on: grows with each one, so that two replies of one epoch share a stream.</summary>
    public long Epoch { get; }

    /// <summary>The type of the element.</summary>
    public RespType Type { get; private set; }

    /// <summary>Elements of an aggregate, a map's keys and values counted apart; 0 for everything else.</summary>
    public int Count { get; private set; }

    /// <summary>True for the nulls of RESP3 and RESP2.</summary>
    public readonly bool IsNull => Type == RespType.Null;

    /// <summary>True for both kinds of errors.</summary>
    public readonly bool IsError => Type is RespType.Error or RespType.BulkError;

    /// <summary>True for arrays, sets, maps and pushes, whose elements follow.</summary>
    public readonly bool IsAggregate => Type is RespType.Array or RespType.Set or RespType.Map or RespType.Push or RespType.Attribute;

    /// <summary>The bytes of the element, without its frame; empty for aggregates and nulls.</summary>
    public readonly ReadOnlySpan<byte> Span => _buffer.AsSpan(_start, _length);

    /// <summary>The bytes of the element, for serializers that take a sequence.</summary>
    public readonly ReadOnlySequence<byte> Sequence => new(_buffer, _start, _length);

    /// <summary>Goes on to the next element, into an aggregate too; false at the end of the reply.</summary>
    public bool Read()
    {
        while (_position < _end)
        {
            ReadElement();
            if (Type != RespType.Attribute)
            {
                return true;
            }

            Skip();
        }

        Type = RespType.None;
        Count = 0;
        _length = 0;
        return false;
    }

    /// <summary>Passes by everything inside the aggregate that it stands on; the next <see cref="Read"/> goes beyond it.</summary>
    public void Skip()
    {
        for (long left = Count; left > 0 && _position < _end; left--)
        {
            ReadElement();
            left += Type == RespType.Attribute ? Count + 1L : Count;
        }

        Count = 0;
    }

    /// <summary>The element as a whole number: an integer, or a text of digits.</summary>
    /// <exception cref="RespReplyException">It is something else.</exception>
    public readonly long GetInt64() =>
        Utf8Parser.TryParse(Span, out long number, out var used) && used == _length && _length > 0
            ? number
            : throw Unexpected("a whole number");

    /// <summary>The element as a floating-point number: a double, an integer, or a text of one.</summary>
    /// <exception cref="RespReplyException">It is something else.</exception>
    public readonly double GetDouble() =>
        !IsAggregate && Framing.Numbers.TryReadDouble(Span, out var number) ? number : throw Unexpected("a number");

    /// <summary>The element as true or false: a boolean, or 1 and 0.</summary>
    /// <exception cref="RespReplyException">It is something else.</exception>
    public readonly bool GetBoolean() => Span switch
    {
        [(byte)'t'] when Type == RespType.Boolean => true,
        [(byte)'f'] when Type == RespType.Boolean => false,
        [(byte)'1'] => true,
        [(byte)'0'] => false,
        _ => throw Unexpected("true or false"),
    };

    /// <summary>The element as text in UTF-8; null for a null.</summary>
    /// <exception cref="RespReplyException">It is an aggregate.</exception>
    public readonly string? GetString() =>
        IsNull ? null : IsAggregate ? throw Unexpected("a text") : Encoding.UTF8.GetString(Span);

    /// <summary>A copy of the element's bytes; null for a null.</summary>
    /// <exception cref="RespReplyException">It is an aggregate.</exception>
    public readonly byte[]? GetBytes() => IsNull ? null : IsAggregate ? throw Unexpected("bytes") : Span.ToArray();

    /// <summary>A copy of the element with everything inside it; the next <see cref="Read"/> goes beyond it.</summary>
    public RespValue GetValue()
    {
        if (!IsAggregate)
        {
            return IsNull ? default : new RespValue(Type, Span.ToArray());
        }

        var type = Type;
        var items = Count == 0 ? [] : new RespValue[Count];
        for (var i = 0; i < items.Length && Read(); i++)
        {
            items[i] = GetValue();
        }

        return new RespValue(type, items);
    }

    /// <summary>Requires an aggregate, and says how many elements follow.</summary>
    /// <exception cref="RespReplyException">It is something else.</exception>
    public readonly int GetCount() => IsAggregate ? Count : throw Unexpected("an aggregate");

    internal readonly RespReplyException Unexpected(string wanted) =>
        new(string.Create(CultureInfo.InvariantCulture, $"The reply is of type {Type} where {wanted} was expected."));

    private void ReadElement()
    {
        var rest = _buffer.AsSpan(_position, _end - _position);
        var lineEnd = rest.IndexOf((byte)'\r');
        var type = rest[0];
        _start = _position + 1;
        _length = lineEnd - 1;
        _position += lineEnd + 2;
        Count = 0;
        Type = TypeOf(type);
        switch (type)
        {
            case (byte)'$' or (byte)'!' or (byte)'=':
                ReadBulk(type);
                break;
            case (byte)'*' or (byte)'~' or (byte)'>' or (byte)'%' or (byte)'|':
                var count = ReadLength();
                Type = count < 0 ? RespType.Null : Type;
                Count = Math.Max(0, type is (byte)'%' or (byte)'|' ? count * 2 : count);
                _length = 0;
                break;
            default:
                break;
        }
    }

    private void ReadBulk(byte type)
    {
        var length = ReadLength();
        if (length < 0)
        {
            Type = RespType.Null;
            _length = 0;
            return;
        }

        const int FormatLength = 4;
        var format = type == '=' ? FormatLength : 0;
        _start = _position + format;
        _length = length - format;
        _position += length + 2;
    }

    private readonly int ReadLength()
    {
        var digits = _buffer.AsSpan(_start, _length);
        if (digits[0] == '-')
        {
            return -1;
        }

        var length = 0;
        foreach (var digit in digits)
        {
            length = (length * 10) + (digit - '0');
        }

        return length;
    }

    private static RespType TypeOf(byte type) => type switch
    {
        (byte)'+' => RespType.SimpleString,
        (byte)'-' => RespType.Error,
        (byte)':' => RespType.Integer,
        (byte)'$' => RespType.BulkString,
        (byte)'*' => RespType.Array,
        (byte)'_' => RespType.Null,
        (byte)'#' => RespType.Boolean,
        (byte)',' => RespType.Double,
        (byte)'(' => RespType.BigNumber,
        (byte)'!' => RespType.BulkError,
        (byte)'=' => RespType.VerbatimString,
        (byte)'%' => RespType.Map,
        (byte)'~' => RespType.Set,
        (byte)'>' => RespType.Push,
        _ => RespType.Attribute,
    };
}
