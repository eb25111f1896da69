using System.Numerics;
using System.Runtime.CompilerServices;

namespace Larder.Memory.Buffers;

/// <summary>The stripes of all processors; each is made when its processor first reads.</summary>
internal sealed class ReadBuffer
{
    private const int MaxStripes = 64;

    private readonly ReadStripe?[] _stripes;
    private readonly int _mask;

    internal ReadBuffer(int concurrency)
    {
        _stripes = new ReadStripe?[(int)BitOperations.RoundUpToPowerOf2((uint)Math.Clamp(concurrency, 1, MaxStripes))];
        _mask = _stripes.Length - 1;
    }

    /// <summary>The stripes that exist or may come to exist; an empty place has nobody's reads.</summary>
    internal ReadOnlySpan<ReadStripe?> Stripes => _stripes;

    /// <summary>The stripe of the processor that runs this.</summary>
    internal ReadStripe Mine
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            var place = _mask == 0 ? 0 : Thread.GetCurrentProcessorId() & _mask;
            return _stripes[place] ?? Create(place);
        }
    }

    internal long Hits
    {
        get
        {
            long sum = 0;
            foreach (var stripe in _stripes)
            {
                sum += stripe?.Hits ?? 0;
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
                sum += stripe?.Misses ?? 0;
            }

            return sum;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private ReadStripe Create(int place)
    {
        var made = new ReadStripe();
        return Interlocked.CompareExchange(ref _stripes[place], made, null) ?? made;
    }
}
