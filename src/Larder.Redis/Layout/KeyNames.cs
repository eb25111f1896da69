using System.Text;
using Larder.Ports;

namespace Larder.Redis.Layout;

/// <summary>
/// What the things of one cache are called in Redis: <c>prefix:cache:room</c>, and for rooms with many of them <c>prefix:cache:room:name</c>. Neither prefix nor cache name has a colon, so no two
/// caches share a name.
/// </summary>
/// <remarks>
/// <code>
/// k:key  what a key holds        c  fence of the cache      r  registry of the nodes
/// w:key  refresh lease of a key  a  fence of all tags       b  bell of the registry
/// t:tag  fence of a tag          n  number of messages      m  channel of messages
/// l:name lock                    x:token  mark behind a removal that replicas confirm
/// i:name last number of a lock   e  number of messages of the removal feed   f  channel of the feed
/// </code>
/// The names of locks stand in braces, behind a colon so that the hash tag is never empty: a lock and its number lie in one slot of a cluster, for one script.
/// </remarks>
internal sealed class KeyNames
{
    internal const byte ValueRoom = (byte)'k';
    internal const byte TagRoom = (byte)'t';
    internal const byte CacheRoom = (byte)'c';
    internal const byte AnyTagRoom = (byte)'a';
    internal const byte BellRoom = (byte)'b';

    private readonly string _head;

    internal KeyNames(string prefix, string cache)
    {
        var head = $"{prefix}:{cache}:";
        Head = Encoding.UTF8.GetBytes(head);
        Values = Encoding.UTF8.GetBytes(head + "k:");
        Tags = Encoding.UTF8.GetBytes(head + "t:");
        Refreshes = Encoding.UTF8.GetBytes(head + "w:");
        CacheFence = Encoding.UTF8.GetBytes(head + "c");
        AnyTagFence = Encoding.UTF8.GetBytes(head + "a");
        Bell = Encoding.UTF8.GetBytes(head + "b");
        Registry = Encoding.UTF8.GetBytes(head + "r");
        MessageCount = Encoding.UTF8.GetBytes(head + "n");
        Marks = head + "x:";
        Channel = head + "m";
        Feed = head + "f";
        FeedCount = head + "e";
        _head = head;
    }

    /// <summary>What all names of the cache begin with.</summary>
    internal byte[] Head { get; }

    internal byte[] Values { get; }

    internal byte[] Tags { get; }

    internal byte[] Refreshes { get; }

    internal byte[] CacheFence { get; }

    internal byte[] AnyTagFence { get; }

    internal byte[] Bell { get; }

    internal byte[] Registry { get; }

    internal byte[] MessageCount { get; }

    internal string Marks { get; }

    internal string Channel { get; }

    internal string Feed { get; }

    internal string FeedCount { get; }

    internal string Lock(string name) => $"{_head}l:{{:{name}}}";

    internal string LockNumber(string name) => $"{_head}i:{{:{name}}}";

    /// <summary>The key in a name of the room of values, or the tag in one of the room of tags; null when the name, its head taken off, is of another room.</summary>
    internal static string? TextIn(byte room, ReadOnlySpan<byte> name) =>
        name.Length >= 2 && name[0] == room && name[1] == (byte)':' ? Encoding.UTF8.GetString(name[2..]) : null;

    /// <summary>The fence of that name, its head taken off; null when it is none.</summary>
    internal static FenceName? FenceIn(ReadOnlySpan<byte> name) => name switch
    {
        [CacheRoom] => FenceName.Cache,
        [AnyTagRoom] => FenceName.AnyTag,
        [BellRoom] => FenceName.Registry,
        _ => TextIn(TagRoom, name) is { } tag ? FenceName.OfTag(tag) : null,
    };
}
