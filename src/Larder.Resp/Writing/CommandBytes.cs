using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics;
using System.Text;

namespace Larder.Resp.Writing;

/// <summary>
/// Commands as they go over the wire, kept until they are answered so that they can be sent again. The bytes lie in an
/// array of its own that is used again and again; long commands borrow one.
/// </summary>
internal struct CommandBytes
{
    private const int OwnCapacity = 256;
    private const int LargestKept = 1024;
    private const int LongestNumber = 32;

    // '$' or '*', ten digits, CR LF.
    private const int LongestHeader = 13;
    private byte[]? _bytes;
    private bool _isBorrowed;

    internal int Length { get; private set; }

    internal readonly ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    internal void Add(in RespCommand command)
    {
        var verb = command.Verb ?? throw new ArgumentException("The default of RespCommand is no command; make it from a name.", nameof(command));
        WriteHeader((byte)'*', verb.Words + command.Count);
        Reserve(verb.Bytes.Length);
        verb.Bytes.CopyTo(_bytes.AsSpan(Length));
        Length += verb.Bytes.Length;
        foreach (ref readonly var argument in command.Arguments)
        {
            Write(in argument, verb);
        }
    }

    /// <summary>Puts ASKING before the first command, or before each of them.</summary>
    internal void PutAskingBefore(bool each)
    {
        var before = Written.ToArray();
        Clear();
        for (var start = 0; start < before.Length;)
        {
            var end = each ? EndOfCommand(before, start) : before.Length;
            Reserve(Asking.Length + end - start);
            Asking.CopyTo(_bytes.AsSpan(Length));
            before.AsSpan(start, end - start).CopyTo(_bytes.AsSpan(Length + Asking.Length));
            Length += Asking.Length + end - start;
            start = end;
        }
    }

    /// <summary>Forgets the bytes, and gives back what was borrowed.</summary>
    internal void Clear()
    {
        Length = 0;
        if (_isBorrowed)
        {
            ArrayPool<byte>.Shared.Return(_bytes!);
            _bytes = null;
            _isBorrowed = false;
        }
    }

    private static ReadOnlySpan<byte> Asking => "*1\r\n$6\r\nASKING\r\n"u8;

    /// <summary>Reads the words of a command that was written here, and goes on to the next one.</summary>
    internal static byte[][] ReadCommand(ReadOnlySpan<byte> commands, ref int at)
    {
        var words = new byte[ReadNumber(commands, ref at)][];
        for (var i = 0; i < words.Length; i++)
        {
            var length = ReadNumber(commands, ref at);
            words[i] = commands.Slice(at, length).ToArray();
            at += length + 2;
        }

        return words;
    }

    private static int EndOfCommand(ReadOnlySpan<byte> commands, int start)
    {
        var at = start;
        for (var words = ReadNumber(commands, ref at); words > 0; words--)
        {
            var length = ReadNumber(commands, ref at);
            at += length + 2;
        }

        return at;
    }

    // What was written here itself: a type, digits, CR LF.
    private static int ReadNumber(ReadOnlySpan<byte> commands, ref int at)
    {
        var isNumber = Utf8Parser.TryParse(commands[(at + 1)..], out int number, out var digits);
        Debug.Assert(isNumber, "The bytes are commands.");
        at += 1 + digits + 2;
        return number;
    }

    private void Write(in RespArgument argument, RespVerb verb)
    {
        if (argument.Text is { } text)
        {
            var length = Encoding.UTF8.GetByteCount(text);
            WriteHeader((byte)'$', length);
            Reserve(length + 2);
            Length += Encoding.UTF8.GetBytes(text, _bytes.AsSpan(Length));
            EndLine();
        }
        else if (argument.IsNull)
        {
            throw new ArgumentNullException(nameof(argument), $"An argument of {verb.Name} is null; RESP cannot send that.");
        }
        else if (argument.Whole is { } whole)
        {
            Span<byte> digits = stackalloc byte[LongestNumber];
            Utf8Formatter.TryFormat(whole, digits, out var length);
            WriteBulk(digits[..length]);
        }
        else if (argument.Floating is { } floating)
        {
            WriteFloating(floating);
        }
        else
        {
            WriteBulk(argument.Bytes);
        }
    }

    private void WriteFloating(double number)
    {
        if (double.IsInfinity(number))
        {
            WriteBulk(number > 0 ? "+inf"u8 : "-inf"u8);
            return;
        }

        Span<byte> digits = stackalloc byte[LongestNumber];
        var isWritten = number.TryFormat(digits, out var length, "R", System.Globalization.CultureInfo.InvariantCulture);
        Debug.Assert(isWritten, "A double has at most 24 characters.");
        WriteBulk(digits[..length]);
    }

    private void WriteBulk(ReadOnlySpan<byte> bytes)
    {
        WriteHeader((byte)'$', bytes.Length);
        Reserve(bytes.Length + 2);
        bytes.CopyTo(_bytes.AsSpan(Length));
        Length += bytes.Length;
        EndLine();
    }

    private void WriteHeader(byte type, int number)
    {
        Reserve(LongestHeader);
        _bytes![Length++] = type;
        Utf8Formatter.TryFormat(number, _bytes.AsSpan(Length), out var digits);
        Length += digits;
        EndLine();
    }

    // Whoever calls this has reserved the two bytes.
    private void EndLine()
    {
        _bytes![Length] = (byte)'\r';
        _bytes[Length + 1] = (byte)'\n';
        Length += 2;
    }

    private void Reserve(int count)
    {
        _bytes ??= new byte[OwnCapacity];
        var needed = (long)Length + count;
        if (needed <= _bytes.Length)
        {
            return;
        }

        if (needed > Array.MaxLength)
        {
            throw new ArgumentOutOfRangeException(nameof(count), "A command must fit into 2 GB; split it.");
        }

        var capacity = (int)Math.Min(Math.Max(needed, _bytes.Length * 2L), Array.MaxLength);
        var larger = capacity <= LargestKept ? new byte[capacity] : ArrayPool<byte>.Shared.Rent(capacity);
        _bytes.AsSpan(0, Length).CopyTo(larger);
        if (_isBorrowed)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
        }

        _isBorrowed = capacity > LargestKept;
        _bytes = larger;
    }
}
