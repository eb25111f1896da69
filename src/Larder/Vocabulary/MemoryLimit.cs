using System.Globalization;

namespace Larder;

/// <summary>The bound of a cache's memory: a count of entries, or bytes.</summary>
/// <remarks>The default value of this type is the default limit, 100,000 entries.</remarks>
public readonly record struct MemoryLimit
{
    private const long DefaultEntries = 100_000;
    private readonly long _amount;

    private MemoryLimit(long amount, bool inBytes)
    {
        _amount = amount;
        IsInBytes = inBytes;
    }

    /// <summary>The amount, in entries or in bytes.</summary>
    public long Amount => _amount == 0 && !IsInBytes ? DefaultEntries : _amount;

    /// <summary>True when the limit counts bytes, false when it counts entries.</summary>
    public bool IsInBytes { get; }

    /// <summary>At most this many entries. <see cref="EntryOptions.Size"/> and <see cref="CacheOptions.Sizer"/> are not asked.</summary>
    /// <param name="count">The number of entries, 1 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is less than 1.</exception>
    public static MemoryLimit Entries(long count)
    {
        if (count < 1)
        {
            throw new ArgumentOutOfRangeException(nameof(count), count, "MemoryLimit.Entries needs a count of 1 or more.");
        }

        // The default is kept as zero, so that it equals the default value of the type.
        return new MemoryLimit(count == DefaultEntries ? 0 : count, inBytes: false);
    }

    /// <summary>
    /// At most this many bytes, as <see cref="CacheOptions.Sizer"/> measures the entries, or
    /// <see cref="EntryOptions.Size"/> where an entry says its own.
    /// </summary>
    /// <param name="bytes">The number of bytes, 1 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="bytes"/> is less than 1.</exception>
    public static MemoryLimit Bytes(long bytes)
    {
        if (bytes < 1)
        {
            throw new ArgumentOutOfRangeException(nameof(bytes), bytes, "MemoryLimit.Bytes needs 1 byte or more.");
        }

        return new MemoryLimit(bytes, inBytes: true);
    }

    /// <summary>The limit in words, such as "100000 entries".</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Amount} {(IsInBytes ? "bytes" : "entries")}");
}
