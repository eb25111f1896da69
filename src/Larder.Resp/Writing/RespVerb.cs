using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace Larder.Resp.Writing;

/// <summary>The words that a command begins with, written out once, and what may be done with it at a disconnect.</summary>
internal sealed class RespVerb
{
    // Reads (the first list) and removals: doing them twice does what doing them once does, and gives whoever asked a true answer.
    private const string ReadOnlyNames =
        "GET MGET GETRANGE STRLEN EXISTS TTL PTTL EXPIRETIME PEXPIRETIME TYPE DUMP"
        + " HGET HMGET HGETALL HEXISTS HLEN HKEYS HVALS HSTRLEN HRANDFIELD LRANGE LLEN LINDEX LPOS"
        + " SMEMBERS SISMEMBER SMISMEMBER SCARD SINTER SUNION SDIFF SRANDMEMBER"
        + " ZSCORE ZMSCORE ZRANGE ZRANGEBYSCORE ZREVRANGE ZREVRANGEBYSCORE ZRANK ZREVRANK ZCARD ZCOUNT"
        + " XRANGE XREVRANGE XLEN BITCOUNT GETBIT EVAL_RO EVALSHA_RO FCALL_RO MEMORY|USAGE OBJECT|ENCODING OBJECT|FREQ OBJECT|IDLETIME";

    private const string RepeatableNames =
        "TOUCH SCAN KEYS RANDOMKEY DBSIZE HSCAN SSCAN ZSCAN"
        + " UNLINK DEL PUBLISH SPUBLISH PING ECHO INFO TIME ROLE HELLO ASKING READONLY READWRITE"
        + " CLUSTER|SLOTS CLUSTER|SHARDS CLUSTER|NODES CLUSTER|INFO CLUSTER|MYID CLUSTER|KEYSLOT"
        + " CLIENT|ID CLIENT|INFO CLIENT|CACHING CLIENT|TRACKING CLIENT|TRACKINGINFO CLIENT|GETNAME CLIENT|SETNAME CLIENT|LIST"
        + " CONFIG|GET SCRIPT|LOAD SCRIPT|EXISTS COMMAND|COUNT";

    // Known only so that they need not be written out anew each time.
    private const string OtherNames = "SET EVAL EVALSHA PEXPIRE EXPIRE INCR INCRBY HSET HDEL ZADD WAIT";

    private static readonly FrozenDictionary<string, RespVerb> Known = RepeatableNames.Split(' ')
        .Select(static name => new RespVerb(name.Replace('|', ' '), RespFlags.Repeatable))
        .Concat(ReadOnlyNames.Split(' ').Select(static name => new RespVerb(name.Replace('|', ' '), RespFlags.Repeatable | RespFlags.ReadOnly)))
        .Concat(OtherNames.Split(' ').Select(static name => new RespVerb(name)))
        .ToFrozenDictionary(static verb => verb.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>CLIENT CACHING.</summary>
    internal static readonly RespVerb Caching = Of("CLIENT CACHING");

    internal RespVerb(string name, RespFlags flags = RespFlags.None)
    {
        Name = name;
        Flags = flags;
        Keys = KeyPlaces.Of(name);
        Restraint = Restraints.Of(name);
        var words = name.Split(' ');
        Words = words.Length;
        Bytes = Encoding.UTF8.GetBytes(string.Concat(words.Select(static word =>
            string.Create(CultureInfo.InvariantCulture, $"${Encoding.UTF8.GetByteCount(word)}\r\n{word}\r\n"))));
    }

    /// <summary>Such as GET, or CLIENT CACHING.</summary>
    internal string Name { get; }

    internal RespFlags Flags { get; }

    /// <summary>Where the keys stand among the arguments.</summary>
    internal KeyPlace Keys { get; }

    /// <summary>Whether callers may send it on the connection that they share.</summary>
    internal Restraint Restraint { get; }

    internal int Words { get; }

    /// <summary>The words as bulks.</summary>
    internal byte[] Bytes { get; }

    /// <summary>The verb of that name. What is not known may be anything, so it is not repeatable.</summary>
    internal static RespVerb Of(string name)
    {
        if (Known.TryGetValue(name, out var verb))
        {
            return verb;
        }

        ArgumentException.ThrowIfNullOrEmpty(name);
        if (name.AsSpan().ContainsAny('\r', '\n') || name[0] == ' ' || name[^1] == ' ' || name.Contains("  ", StringComparison.Ordinal))
        {
            throw new ArgumentException("The name of a command is one word, or words with one space between them, such as GET or CLIENT ID.", nameof(name));
        }

        return new RespVerb(name.ToUpperInvariant());
    }
}
