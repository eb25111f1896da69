using System.Buffers;
using System.Runtime.InteropServices;

namespace Larder.Resp;

/// <summary>
/// One argument of a command: a text (sent as UTF-8), bytes, or a number. Made by implicit conversion. Bytes are not
/// copied here; they are read once, when the command is handed to the client, and may change after that call returned.
/// </summary>
public readonly struct RespArgument
{
    private static readonly object WholeNumber = new();
    private static readonly object FloatingNumber = new();

    // One field of two meanings keeps the struct at 16 bytes, because commands carry several of them by value.
    private readonly object? _source;
    private readonly long _number;

    private RespArgument(object? source, long number)
    {
        _source = source;
        _number = number;
    }

    /// <summary>A text, sent as UTF-8; null is refused when the command is sent.</summary>
    /// <param name="text">The text.</param>
    public static implicit operator RespArgument(string? text) => new(text, 0);

    /// <summary>Bytes.</summary>
    /// <param name="bytes">The bytes; null is refused when the command is sent.</param>
    public static implicit operator RespArgument(byte[]? bytes) => new(bytes, bytes?.Length ?? 0);

    /// <summary>Bytes.</summary>
    /// <param name="bytes">The bytes.</param>
    public static implicit operator RespArgument(ReadOnlyMemory<byte> bytes) => FromMemory(bytes);

    /// <summary>Bytes.</summary>
    /// <param name="bytes">The bytes.</param>
    public static implicit operator RespArgument(Memory<byte> bytes) => FromMemory(bytes);

    /// <summary>A whole number.</summary>
    /// <param name="number">The number.</param>
    public static implicit operator RespArgument(long number) => new(WholeNumber, number);

    /// <summary>A floating-point number, written so that it reads back the same.</summary>
    /// <param name="number">The number.</param>
    public static implicit operator RespArgument(double number) => new(FloatingNumber, BitConverter.DoubleToInt64Bits(number));

    internal bool IsNull => _source is null;

    internal string? Text => _source as string;

    internal long? Whole => ReferenceEquals(_source, WholeNumber) ? _number : null;

    internal double? Floating => ReferenceEquals(_source, FloatingNumber) ? BitConverter.Int64BitsToDouble(_number) : null;

    /// <summary>The bytes, when it is neither text nor a number.</summary>
    internal ReadOnlySpan<byte> Bytes => _source switch
    {
        byte[] bytes => bytes.AsSpan((int)(_number >> 32), (int)_number),
        MemoryManager<byte> manager => manager.Memory.Span.Slice((int)(_number >> 32), (int)_number),
        _ => default,
    };

    /// <summary>What it is, without showing what is in it.</summary>
    public override string ToString() => _source switch
    {
        null => "null",
        string => "text",
        byte[] or MemoryManager<byte> => "bytes",
        _ => "number",
    };

    private static RespArgument FromMemory(ReadOnlyMemory<byte> bytes)
    {
        if (MemoryMarshal.TryGetArray(bytes, out var segment))
        {
            return new RespArgument(segment.Array ?? [], ((long)segment.Offset << 32) | (uint)segment.Count);
        }

        return MemoryMarshal.TryGetMemoryManager<byte, MemoryManager<byte>>(bytes, out var manager, out var start, out var length)
            ? new RespArgument(manager, ((long)start << 32) | (uint)length)
            : bytes.ToArray();
    }
}
