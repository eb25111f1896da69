using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Larder.Memory.Buffers;

/// <summary>
/// What the readers on one processor write: their counts, and the latest reads that the policy has not heard of. On
/// cache lines of its own, so that readers on different processors never write to the same one.
/// </summary>
/// <remarks>
/// A record is the index of an entry in its upper half and its hash in the lower. Holding no reference it keeps
/// nothing alive and costs no write barrier; a record whose entry is gone is recognised by the hash. The ring
/// overwrites what nobody fetched in time: recency may be lossy, counts are not.
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = 320 + (RingLength * 8) + 128)]
internal sealed class ReadStripe
{
    internal const int RingLength = 64;

    /// <summary>After so many records a reader offers to hand them to the policy.</summary>
    internal const int BatchLength = 32;

    private const int RingMask = RingLength - 1;

    [FieldOffset(128)]
    private long _hits;

    [FieldOffset(136)]
    private long _misses;

    [FieldOffset(144)]
    private int _tail;

    [FieldOffset(256)]
    private int _head;

    [FieldOffset(320)]
    private Ring _ring;

    internal long Hits => Volatile.Read(ref _hits);

    internal long Misses => Volatile.Read(ref _misses);

    internal bool HasRecords => Waiting != 0;

    /// <summary>Records since the last fetch, overwritten ones included.</summary>
    internal int Waiting => Volatile.Read(ref _tail) - _head;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void CountHit() => Interlocked.Increment(ref _hits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void CountMiss() => Interlocked.Increment(ref _misses);

    /// <summary>Records a read; true when it is time to hand the records to the policy.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool Record(int index, int hash)
    {
        var place = Interlocked.Increment(ref _tail) - 1;
        Volatile.Write(ref _ring[place & RingMask], ((long)index << 32) | (uint)hash);
        return ((place + 1) & (BatchLength - 1)) == 0;
    }

    /// <summary>Moves the records, oldest first, into the given span of <see cref="RingLength"/>; only under the maintenance lock.</summary>
    internal int Fetch(Span<long> records)
    {
        var tail = Volatile.Read(ref _tail);
        var waiting = Math.Min(tail - _head, RingLength);
        var count = 0;
        for (var place = tail - waiting; place != tail; place++)
        {
            // A reader that has its place but has not written yet leaves what was there before: nothing, after the last fetch.
            // If it writes between these two lines its record is lost, as it may be.
            ref var slot = ref _ring[place & RingMask];
            var record = Volatile.Read(ref slot);
            Volatile.Write(ref slot, 0);
            if (record != 0)
            {
                records[count++] = record;
            }
        }

        _head = tail;
        return count;
    }

    [InlineArray(RingLength)]
    private struct Ring
    {
        private long _first;
    }
}
