using System.Globalization;
using System.Text;
using Larder.Resp.Framing;

namespace Larder.Resp.Tests.Kit;

/// <summary>Scans, reads and shows replies, for tests of their form.</summary>
internal static class Frames
{
    internal static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);

    /// <summary>The length of the first reply; null when there is no whole one.</summary>
    internal static int? Scan(ReadOnlySpan<byte> bytes, RespLimits? limits = null)
    {
        var scanner = new FrameScanner(limits ?? new RespLimits());
        return scanner.Scan(bytes) ? scanner.Length : null;
    }

    /// <summary>The first reply as text such as Array(Integer 1, Null).</summary>
    internal static string Show(byte[] bytes)
    {
        var length = Scan(bytes) ?? throw new InvalidOperationException("The reply is not whole.");
        var reader = new RespReader(bytes, 0, length, epoch: 1);
        Assert.True(reader.Read());
        return Show(reader.GetValue());
    }

    internal static string Show(RespValue value) => value.Type switch
    {
        RespType.Null => "Null",
        RespType.Array or RespType.Map or RespType.Set or RespType.Push or RespType.Attribute =>
            $"{value.Type}({string.Join(", ", value.Items.Select(Show))})",
        _ => $"{value.Type} {Encoding.Latin1.GetString(value.Bytes.Span)}",
    };

    /// <summary>A random reply as it goes over the wire, with its text as <see cref="Show(RespValue)"/> would have it.</summary>
    internal static string Draw(Random random, StringBuilder wire, int depth)
    {
        if (depth > 0 && random.Next(12) == 0)
        {
            wire.Append("|1\r\n+hint\r\n:").Append(random.Next(9)).Append("\r\n");
        }

        var kind = random.Next(depth < 5 ? 17 : 12);
        return kind < 12 ? DrawScalar(random, wire, kind) : DrawAggregate(random, wire, depth, kind);
    }

    private static string DrawScalar(Random random, StringBuilder wire, int kind)
    {
        var word = new string((char)('a' + random.Next(26)), random.Next(6));
        var number = random.NextInt64(-1000, 1000).ToString(CultureInfo.InvariantCulture);
        return kind switch
        {
            0 => Line('+', word, $"SimpleString {word}"),
            1 => Line('-', $"ERR {word}", $"Error ERR {word}"),
            2 => Line(':', number, $"Integer {number}"),
            3 => Line('_', "", "Null"),
            4 => Line('$', "-1", "Null"),
            5 => Line('*', "-1", "Null"),
            6 => Line('#', "t", "Boolean t"),
            7 => Line(',', $"{number}.5", $"Double {number}.5"),
            8 => Line('(', $"{number}000000000000000000000000", $"BigNumber {number}000000000000000000000000"),
            9 => Bulk('!', word, $"BulkError {word}"),
            10 => Bulk('=', $"txt:{word}", $"VerbatimString {word}"),
            _ => Bulk('$', $"{word}\r\n{word}", $"BulkString {word}\r\n{word}"),
        };

        string Line(char type, string value, string shown)
        {
            wire.Append(type).Append(value).Append("\r\n");
            return shown;
        }

        string Bulk(char type, string value, string shown)
        {
            wire.Append(type).Append(value.Length).Append("\r\n").Append(value).Append("\r\n");
            return shown;
        }
    }

    private static string DrawAggregate(Random random, StringBuilder wire, int depth, int kind)
    {
        var (type, name, width) = kind switch
        {
            12 => ('~', "Set", 1),
            13 => ('%', "Map", 2),
            14 when depth == 0 => ('>', "Push", 1),
            _ => ('*', "Array", 1),
        };
        var count = random.Next(4);
        wire.Append(type).Append(count).Append("\r\n");
        var items = new string[count * width];
        for (var i = 0; i < items.Length; i++)
        {
            items[i] = Draw(random, wire, depth + 1);
        }

        return $"{name}({string.Join(", ", items)})";
    }
}
