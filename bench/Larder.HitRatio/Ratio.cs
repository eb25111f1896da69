using System.Runtime.InteropServices;

namespace Larder.HitRatio;

/// <summary>What a policy achieved on a trace.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Ratio(long Hits, long Requests, long HitBytes, long RequestBytes)
{
    internal double Percent => Requests == 0 ? 0 : 100.0 * Hits / Requests;

    internal double BytePercent => RequestBytes == 0 ? 0 : 100.0 * HitBytes / RequestBytes;

    internal Ratio Plus(in Access access, bool hit) => new(
        Hits + (hit ? 1 : 0),
        Requests + 1,
        HitBytes + (hit ? access.Size : 0),
        RequestBytes + access.Size);

    internal Ratio Plus(in Ratio other) => new(
        Hits + other.Hits,
        Requests + other.Requests,
        HitBytes + other.HitBytes,
        RequestBytes + other.RequestBytes);
}
