using System.Globalization;
using System.Text;

namespace Larder.Servers;

/// <summary>Takes bytes in any pieces and hands out the commands in them. It knows arrays of bulk strings, which is what clients send.</summary>
internal sealed class CommandBuffer
{
    private readonly List<byte> _bytes = [];

    internal void Add(ReadOnlySpan<byte> bytes) => _bytes.AddRange(bytes);

    /// <summary>The next whole command; null when there is none yet.</summary>
    internal ReceivedCommand? Take()
    {
        var position = 0;
        if (Header(ref position, '*') is not { } count)
        {
            return null;
        }

        var arguments = new List<byte[]>();
        for (var i = 0; i < count; i++)
        {
            if (Header(ref position, '$') is not { } length || position + length + 2 > _bytes.Count)
            {
                return null;
            }

            arguments.Add([.. _bytes.GetRange(position, length)]);
            position += length + 2;
        }

        _bytes.RemoveRange(0, position);
        return new ReceivedCommand(arguments);
    }

    private int? Header(ref int position, char type)
    {
        if (position >= _bytes.Count)
        {
            return null;
        }

        if (_bytes[position] != type)
        {
            throw new FakeServerException($"The client sent the byte {_bytes[position]} where a '{type}' belongs.");
        }

        var end = _bytes.IndexOf((byte)'\n', position);
        if (end < 0)
        {
            return null;
        }

        var line = Encoding.Latin1.GetString([.. _bytes.GetRange(position + 1, end - position - 2)]);
        position = end + 1;
        return int.Parse(line, NumberStyles.None, CultureInfo.InvariantCulture);
    }
}
