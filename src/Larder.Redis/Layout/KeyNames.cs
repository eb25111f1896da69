using System.Text;
using Larder.Ports;
using Larder.Resp;

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
/// In a cluster registry, bell and fences of a range have <c>{tag}</c> before their room, where the tag lies in the first slot of the range; a refresh lease has one that lies in the slot of its key.
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
    private readonly bool _isPlaced;

    /// <param name="prefix">What all caches of an application begin with.</param>
    /// <param name="cache">The cache.</param>
    /// <param name="home">In a cluster the slot where the names that belong together lie; null for one server.</param>
    internal KeyNames(string prefix, string cache, int? home = null)
    {
        var head = $"{prefix}:{cache}:";
        _head = head;
        _isPlaced = home is not null;
        Head = Encoding.UTF8.GetBytes(head);
        Values = Encoding.UTF8.GetBytes(head + "k:");
        Refreshes = Encoding.UTF8.GetBytes(head + "w:");
        head = home is { } slot ? $"{head}{{{SlotTags.Of(slot)}}}" : head;
        Tags = Encoding.UTF8.GetBytes(head + "t:");
        CacheFence = Encoding.UTF8.GetBytes(head + "c");
        AnyTagFence = Encoding.UTF8.GetBytes(head + "a");
        Bell = Encoding.UTF8.GetBytes(head + "b");
        Registry = Encoding.UTF8.GetBytes(head + "r");
        MessageCount = Encoding.UTF8.GetBytes(head + "n");
        head = _head;
        Marks = head + "x:";
        Channel = head + "m";
        Feed = head + "f";
        FeedCount = head + "e";
    }

    /// <summary>What all names of the cache begin with.</summary>
    internal byte[] Head { get; }

    internal byte[] Values { get; }

    internal byte[] Tags { get; }

    /// <summary>What the name of a key's refresh lease begins with. In a cluster it lies in the slot of the key.</summary>
    internal byte[] RefreshesOf(string key) => !_isPlaced ? Refreshes : Encoding.UTF8.GetBytes($"{_head}{{{SlotTags.Of(SlotOf(key))}}}w:");

    /// <summary>The slot of a key's name in a cluster.</summary>
    internal int SlotOf(string key)
    {
        const int MostOnStack = 512;
        var most = Values.Length + Encoding.UTF8.GetMaxByteCount(key.Length);
        var name = most <= MostOnStack ? stackalloc byte[MostOnStack] : new byte[most];
        Values.CopyTo(name);
        return RespSlots.Of(name[..(Values.Length + Encoding.UTF8.GetBytes(key, name[Values.Length..]))]);
    }

    private byte[] Refreshes { get; }

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

    /// <summary>The name without the tag that says where it lies in a cluster.</summary>
    internal static ReadOnlySpan<byte> WithoutPlace(ReadOnlySpan<byte> name) =>
        name.Length > 0 && name[0] == (byte)'{' && name.IndexOf((byte)'}') is var end and > 0 ? name[(end + 1)..] : name;

    /// <summary>The fence of that name, its head taken off; null when it is none.</summary>
    internal static FenceName? FenceIn(ReadOnlySpan<byte> name) => name switch
    {
        [CacheRoom] => FenceName.Cache,
        [AnyTagRoom] => FenceName.AnyTag,
        [BellRoom] => FenceName.Registry,
        _ => TextIn(TagRoom, name) is { } tag ? FenceName.OfTag(tag) : null,
    };
}
