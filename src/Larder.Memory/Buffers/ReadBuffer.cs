using System.Numerics;
using System.Runtime.CompilerServices;

namespace Larder.Memory.Buffers;

/// <summary>The stripes of all processors. Made at once, so that no read ever allocates.</summary>
internal sealed class ReadBuffer
{
    private const int MaxStripes = 64;
    private const int EntriesPerStripe = 64;

    private readonly ReadStripe[] _stripes;
    private readonly int _mask;

    internal ReadBuffer(int concurrency, long capacity)
    {
        // A small map is not worth many stripes: each has about a kilobyte.
        var worth = Math.Clamp(capacity / EntriesPerStripe, 1, MaxStripes);
        _stripes = new ReadStripe[(int)BitOperations.RoundUpToPowerOf2((uint)Math.Clamp(concurrency, 1, worth))];
        _mask = _stripes.Length - 1;
        for (var place = 0; place < _stripes.Length; place++)
        {
            _stripes[place] = new ReadStripe();
        }
    }

    internal ReadOnlySpan<ReadStripe> Stripes => _stripes;

    /// <summary>The stripe of the processor that runs this.</summary>
    internal ReadStripe Mine
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _stripes[_mask == 0 ? 0 : Thread.GetCurrentProcessorId() & _mask];
    }

    internal long Hits
    {
        get
        {
            long sum = 0;
            foreach (var stripe in _stripes)
            {
                sum += stripe.Hits;
            }

            return sum;
        }
    }

    internal long Misses
    {
        get
        {
            long sum = 0;
            foreach (var stripe in _stripes)
            {
                sum += stripe.Misses;
            }

            return sum;
        }
    }
}
