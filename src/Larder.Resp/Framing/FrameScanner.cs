using System.Buffers.Text;
using System.Runtime.CompilerServices;

namespace Larder.Resp.Framing;

/// <summary>
/// Finds the end of a reply in bytes that arrive piecemeal, and checks its form on the way, so that whoever decodes it
/// afterwards meets only whole and well-formed elements, and cannot lose its place in the stream whatever it does.
/// </summary>
/// <remarks>
/// <para>
/// A reply is a tree written depth first. Each element begins with a line: its type, then a value or a length, then CR LF.
/// </para>
/// <code>
/// + - : , # ( _   the value is in the line            $ ! =   a length, then as many bytes and CR LF; $-1 is null
/// * ~ >           a length, then as many elements     % |     a length, then twice as many; *-1 is null
/// </code>
/// <para>
/// The scanner keeps its place between calls: no byte is looked at twice however small the pieces are, beyond the line
/// at which it stopped. A length is only compared with its limit; nothing is allocated for it.
/// </para>
/// </remarks>
internal struct FrameScanner(RespLimits limits, bool skipsLongBulks = false)
{
    /// <summary>The longest string that is skipped, 1 GiB: twice the longest that Redis keeps. Beyond it a length is not believed.</summary>
    internal const long LongestSkipped = 1L << 30;

    private const int NoBulk = -1;
    private readonly RespLimits _limits = limits;
    private Levels _remaining;
    private UInt128 _attributes;
    private int _depth;
    private int _position;
    private int _bulkEnd = NoBulk;
    private bool _isVerbatim;
    private LongBulk? _long;

    /// <summary>
    /// After false: a string that is longer than allowed, whose bytes are to be taken out, and whose line is to be written over with one of the same length that says so; null when there is none. To be asked for once.
    /// </summary>
    internal LongBulk? TakeLongBulk()
    {
        var found = _long;
        _long = null;
        return found;
    }

    /// <summary>After a whole reply: its length.</summary>
    internal readonly int Length => _position;

    /// <summary>Goes on where it stopped; false when more bytes are needed.</summary>
    /// <param name="bytes">All bytes since the first one of the reply, as far as they have come.</param>
    /// <exception cref="RespProtocolException">This is not RESP, or goes beyond a limit.</exception>
    internal bool Scan(ReadOnlySpan<byte> bytes)
    {
        while (true)
        {
            if (_bulkEnd != NoBulk)
            {
                if (!TryEndBulk(bytes))
                {
                    return false;
                }
            }
            else
            {
                switch (ReadElement(bytes))
                {
                    case Step.NeedsMore:
                        return false;
                    case Step.Descended:
                        continue;
                    default:
                        break;
                }

                if (_bulkEnd != NoBulk)
                {
                    continue;
                }
            }

            if (EndElement())
            {
                return true;
            }
        }
    }

    internal void Reset()
    {
        _long = null;
        _position = 0;
        _depth = 0;
        _bulkEnd = NoBulk;
        _attributes = 0;
    }

    private bool TryEndBulk(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length - 2 < _bulkEnd)
        {
            return false;
        }

        if (bytes[_bulkEnd] != '\r' || bytes[_bulkEnd + 1] != '\n')
        {
            throw Malformed("a bulk does not end in CR LF");
        }

        // _position is still at the first byte of the bulk.
        if (_isVerbatim && (_bulkEnd - _position < 4 || bytes[_position + 3] != ':'))
        {
            throw Malformed("a verbatim string does not begin with its format");
        }

        _position = _bulkEnd + 2;
        _bulkEnd = NoBulk;
        return true;
    }

    private Step ReadElement(ReadOnlySpan<byte> bytes)
    {
        if (_position >= bytes.Length)
        {
            return Step.NeedsMore;
        }

        var rest = bytes[_position..];
        var lineEnd = rest.IndexOf((byte)'\n');
        if ((lineEnd < 0 ? rest.Length : lineEnd) > _limits.MaximumLine)
        {
            throw TooLarge("a line", _limits.MaximumLine, "bytes", nameof(RespLimits.MaximumLine));
        }

        if (lineEnd < 0)
        {
            CheckType(rest[0]);
            return Step.NeedsMore;
        }

        if (lineEnd < 2 || rest[lineEnd - 1] != '\r')
        {
            CheckType(rest[0]);
            throw Malformed("a line does not end in CR LF");
        }

        var value = rest[1..(lineEnd - 1)];
        if (skipsLongBulks && rest[0] == '$' && value is not [(byte)'-', (byte)'1'] && ReadLength(value) is var length && length > _limits.MaximumBulk && length <= LongestSkipped)
        {
            // What stands in its place is read when it is there.
            _long = new LongBulk(_position, lineEnd + 1, length);
            return Step.NeedsMore;
        }

        _position += lineEnd + 1;
        return ReadLine(rest[0], value);
    }

    private Step ReadLine(byte type, ReadOnlySpan<byte> value)
    {
        switch (type)
        {
            case (byte)'$':
            case (byte)'!':
            case (byte)'=':
                BeginBulk(type, value);
                return Step.Done;
            case (byte)'*':
            case (byte)'~':
            case (byte)'%':
            case (byte)'|':
            case (byte)'>':
                return BeginAggregate(type, value);
            default:
                CheckValue(type, value);
                return Step.Done;
        }
    }

    private void BeginBulk(byte type, ReadOnlySpan<byte> value)
    {
        if (value is [(byte)'-', (byte)'1'] && type == '$')
        {
            return;
        }

        var length = ReadLength(value);
        if (length > _limits.MaximumBulk)
        {
            throw TooLarge("a bulk", _limits.MaximumBulk, "bytes", nameof(RespLimits.MaximumBulk));
        }

        if (_position + length > _limits.FrameLength)
        {
            throw TooLarge("a reply", _limits.FrameLength, "bytes", nameof(RespLimits.MaximumBulk));
        }

        _bulkEnd = _position + (int)length;
        _isVerbatim = type == '=';
    }

    private Step BeginAggregate(byte type, ReadOnlySpan<byte> value)
    {
        if (value is [(byte)'-', (byte)'1'] && type == '*')
        {
            return Step.Done;
        }

        if (type == '>' && _depth > 0)
        {
            throw Malformed("a push stands inside another reply");
        }

        var isAttribute = type == '|';
        var length = ReadLength(value);
        length = type is (byte)'%' or (byte)'|' && length <= _limits.MaximumAggregate ? length * 2 : length;
        if (length > _limits.MaximumAggregate)
        {
            throw TooLarge("an aggregate", _limits.MaximumAggregate, "elements", nameof(RespLimits.MaximumAggregate));
        }

        if (length == 0)
        {
            // An attribute is no element of what it stands in.
            return isAttribute && _depth > 0 ? Step.Descended : Step.Done;
        }

        if (_depth == _limits.MaximumDepth)
        {
            throw TooLarge("a reply", _limits.MaximumDepth, "aggregates inside each other", nameof(RespLimits.MaximumDepth));
        }

        _attributes = isAttribute ? _attributes | (UInt128.One << _depth) : _attributes & ~(UInt128.One << _depth);
        _remaining[_depth++] = (int)length;
        return Step.Descended;
    }

    // True when the element that has just ended was the whole reply.
    private bool EndElement()
    {
        while (_depth > 0)
        {
            if (--_remaining[_depth - 1] > 0)
            {
                return false;
            }

            _depth--;
            if (_depth > 0 && (_attributes & (UInt128.One << _depth)) != UInt128.Zero)
            {
                return false;
            }
        }

        return true;
    }

    private static long ReadLength(ReadOnlySpan<byte> value)
    {
        const int MostDigits = 18;
        if (value.IsEmpty || value.Length > MostDigits)
        {
            throw Malformed("a length is no number");
        }

        var length = 0L;
        foreach (var digit in value)
        {
            if (!char.IsAsciiDigit((char)digit))
            {
                throw Malformed(digit == '?' ? "streamed types are not spoken" : "a length is no number");
            }

            length = (length * 10) + (digit - '0');
        }

        return length;
    }

    private static void CheckValue(byte type, ReadOnlySpan<byte> value)
    {
        var isWell = type switch
        {
            (byte)'+' or (byte)'-' => !value.Contains((byte)'\r'),
            (byte)':' => Utf8Parser.TryParse(value, out long _, out var used) && used == value.Length,
            (byte)'_' => value.IsEmpty,
            (byte)'#' => value is [(byte)'t' or (byte)'f'],
            (byte)',' => Numbers.TryReadDouble(value, out _),
            (byte)'(' => Numbers.IsWhole(value),
            _ => throw UnknownType(type),
        };
        if (!isWell)
        {
            throw Malformed($"what stands behind '{(char)type}' is not of that type");
        }
    }

    // A peer that speaks something else is told apart at its first byte, rather than after 64 KiB without a line break.
    private static void CheckType(byte type)
    {
        if (!"+-:$*_#,(!=%~>|"u8.Contains(type))
        {
            throw UnknownType(type);
        }
    }

    private static RespProtocolException UnknownType(byte type) => Malformed(type switch
    {
        (byte)';' or (byte)'.' => "streamed types are not spoken",
        0x15 => "a TLS alert came; the port expects TLS (ssl=true)",
        _ => $"0x{type:x2} is no type",
    });

    private static RespProtocolException Malformed(string what) => new($"The server's answer is not RESP: {what}.");

    private static RespProtocolException TooLarge(string what, int limit, string unit, string setting) =>
        new($"The server's answer has {what} beyond the limit of {limit} {unit}. Raise Limits.{setting} if that is to be expected.");

    private enum Step
    {
        NeedsMore,
        Done,
        Descended,
    }

    [InlineArray(RespLimits.LargestDepth)]
    private struct Levels
    {
        private int _first;
    }
}
