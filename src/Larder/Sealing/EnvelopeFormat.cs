namespace Larder.Sealing;

/// <summary>
/// The first version of the body that lower tiers keep. docs/wire-format.md explains it and says what may change. All numbers are big-endian.
/// <code>
///   0  8  fresh until     ms since 1970; a tier replaces it by a smaller one when an entry expires. Not under the checksum
///   8  4  checksum        CRC-32C of everything that follows
///  12  1  version         1
///  13  1  flags           <see cref="EnvelopeFlags"/>
///  14  4  key hash        CRC-32C of the key's UTF-16 code units, low byte first
///  18  8  created         ms since 1970
///  26 16  cache fence
///  42  1  codec           <see cref="CodecId"/>
///  43  4  contract        <see cref="Contract"/> of the payload
///  47     durations in ms as varints: fresh for, stale for, fallback for · sliding for, if flagged · refresh after, if flagged
///         if tagged: count, then for each tag its length in bytes, UTF-8, 16 bytes of fence
///         if validators: 1 byte (1 = ETag, 2 = last-modified) · length and UTF-8 · 8 bytes of UTC ticks, 2 bytes of offset in minutes
///         payload, to the end
/// </code>
/// A varint has seven bits to a byte, the lowest first, the highest bit of a byte says that another follows; nine bytes at most.
/// </summary>
internal static class EnvelopeFormat
{
    internal const byte Version = 1;

    internal const int ChecksumAt = 8;
    internal const int CheckedFrom = 12;
    internal const int VersionAt = CheckedFrom;
    internal const int FlagsAt = 13;
    internal const int KeyHashAt = 14;
    internal const int CreatedAt = 18;
    internal const int CacheFenceAt = 26;
    internal const int CodecAt = 42;
    internal const int ContractAt = 43;
    internal const int FixedSize = 47;

    internal const int LongestVarint = 9;

    /// <summary>The least that a tag takes: a length, a letter, a fence.</summary>
    internal const int SmallestTag = 2 + FenceToken.Size;

    internal const byte HasETag = 1;
    internal const byte HasLastModified = 2;
    internal const int LastModifiedSize = sizeof(long) + sizeof(short);
}
