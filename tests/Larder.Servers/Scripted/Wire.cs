using System.Globalization;
using System.Text;

namespace Larder.Servers;

/// <summary>Replies and pushes as bytes of RESP.</summary>
public static class Wire
{
    /// <summary>+OK</summary>
    public static byte[] Ok => Simple("OK");

    /// <summary>The null of RESP3.</summary>
    public static byte[] Null => Raw("_\r\n");

    /// <summary>The null string of RESP2.</summary>
    public static byte[] NullBulk => Raw("$-1\r\n");

    /// <summary>The null array of RESP2.</summary>
    public static byte[] NullArray => Raw("*-1\r\n");

    /// <summary>Text as it is, UTF-8.</summary>
    public static byte[] Raw(string text) => Encoding.UTF8.GetBytes(text);

    /// <summary>A simple string.</summary>
    public static byte[] Simple(string text) => Raw($"+{text}\r\n");

    /// <summary>A simple error, such as "ERR wrong".</summary>
    public static byte[] Error(string text) => Raw($"-{text}\r\n");

    /// <summary>A number.</summary>
    public static byte[] Number(long value) => Raw($":{Text(value)}\r\n");

    /// <summary>A bulk string of text.</summary>
    public static byte[] Bulk(string text) => Bulk(Encoding.UTF8.GetBytes(text));

    /// <summary>A bulk string of bytes.</summary>
    public static byte[] Bulk(ReadOnlySpan<byte> value) => Join(Raw($"${Text(value.Length)}\r\n"), value.ToArray(), Raw("\r\n"));

    /// <summary>An array of replies.</summary>
    public static byte[] Array(params byte[][] members) => Aggregate('*', members.Length, members);

    /// <summary>A push of replies.</summary>
    public static byte[] Push(params byte[][] members) => Aggregate('>', members.Length, members);

    /// <summary>A map of keys and values in turn.</summary>
    public static byte[] Map(params byte[][] members) => Aggregate('%', members.Length / 2, members);

    /// <summary>The push by which the server voids tracked keys; without keys it voids all.</summary>
    public static byte[] Invalidation(params string[] keys) =>
        Push(Bulk("invalidate"), keys.Length == 0 ? Null : Array([.. keys.Select(Bulk)]));

    /// <summary>A message to subscribers.</summary>
    public static byte[] Message(string channel, string message) => Push(Bulk("message"), Bulk(channel), Bulk(message));

    /// <summary>A command as clients send it.</summary>
    public static byte[] Command(params string[] arguments) => Array([.. arguments.Select(Bulk)]);

    /// <summary>Several pieces one after the other.</summary>
    public static byte[] Join(params IEnumerable<byte[]> pieces) => [.. pieces.SelectMany(piece => piece)];

    private static byte[] Aggregate(char type, int count, byte[][] members) => Join([Raw($"{type}{Text(count)}\r\n"), .. members]);

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
