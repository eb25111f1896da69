using System.Numerics;
using System.Runtime.CompilerServices;

namespace Larder.Memory.Policy;

/// <summary>
/// How often keys were asked for lately, roughly: a count-min sketch of 4-bit counters (Cormode and Muthukrishnan
/// 2005) that halves all counts after a sample, as TinyLFU does (Einziger, Friedman, Manes 2017). The four counters
/// of a key lie in one block of 64 bytes, a cache line.
/// </summary>
/// <remarks>
/// Halving is spread over many calls; until it has reached a block, the block's counts are read halved. Growing
/// doubles the blocks and copies each into the two that its keys fall into, so nothing is forgotten.
/// </remarks>
internal sealed class FrequencySketch
{
    internal const int MostFrequent = 15;

    private const int WordsPerBlock = 8;
    private const int EntriesPerBlock = 4;

    // A small sketch has room to spare: strangers that collide cost it the most, and the memory is nothing.
    private const int FewestBlocks = 256;
    private const int SamplePerEntry = 10;
    private const ulong HalfMask = 0x7777_7777_7777_7777;
    private const ulong OddMask = 0x1111_1111_1111_1111;

    private readonly long _finalCapacity;
    private ulong[] _words;
    private uint _blocks;
    private long _capacity;
    private long _additions;

    // Blocks from here on still wait to be halved; equal to _blocks when none does.
    private uint _cursor;

    /// <param name="finalCapacity">The entries that it may grow to.</param>
    /// <param name="firstCapacity">The entries that it has room for at first.</param>
    internal FrequencySketch(long finalCapacity, long firstCapacity)
    {
        _finalCapacity = Math.Max(finalCapacity, EntriesPerBlock);
        _capacity = _finalCapacity;
        while (_capacity > firstCapacity && _capacity > EntriesPerBlock)
        {
            _capacity = (_capacity + 1) / 2;
        }

        _blocks = (uint)Math.Max(Math.Min(FewestBlocks, _capacity), (_capacity + EntriesPerBlock - 1) / EntriesPerBlock);
        _words = new ulong[_blocks * WordsPerBlock];
        _cursor = _blocks;
    }

    /// <summary>After so many additions all counts are halved.</summary>
    internal long SampleLength => _capacity * SamplePerEntry;

    internal long Bytes => (long)_words.Length * sizeof(ulong);

    /// <summary>True when halving is under way and <see cref="Age"/> has work.</summary>
    internal bool IsAgeing => _cursor != _blocks;

    /// <summary>How often the key with this hash was counted lately, 0 to 15.</summary>
    internal int Frequency(int hash)
    {
        var block = Block(hash);
        var places = Places(hash);
        var words = _words.AsSpan((int)(block * WordsPerBlock), WordsPerBlock);
        var least = MostFrequent;
        for (var row = 0; row < 4; row++)
        {
            var place = (int)(places >> (row * 8));
            var count = (int)(words[(row * 2) + (place & 1)] >> ((place >> 1 & 15) * 4)) & MostFrequent;
            least = Math.Min(least, count);
        }

        return block >= _cursor ? least >> 1 : least;
    }

    /// <summary>Counts the key with this hash once more.</summary>
    internal void Add(int hash)
    {
        var block = Block(hash);
        var places = Places(hash);
        var words = _words.AsSpan((int)(block * WordsPerBlock), WordsPerBlock);
        var added = false;
        for (var row = 0; row < 4; row++)
        {
            var place = (int)(places >> (row * 8));
            ref var word = ref words[(row * 2) + (place & 1)];
            var shift = (place >> 1 & 15) * 4;
            if (((word >> shift) & MostFrequent) != MostFrequent)
            {
                word += 1UL << shift;
                added = true;
            }
        }

        if (added && ++_additions >= SampleLength)
        {
            StartAgeing();
        }
    }

    /// <summary>Halves the counts of so many blocks more.</summary>
    internal void Age(uint blocks)
    {
        var end = Math.Min(_blocks, _cursor + blocks);
        foreach (ref var word in _words.AsSpan((int)(_cursor * WordsPerBlock), (int)((end - _cursor) * WordsPerBlock)))
        {
            word = (word >> 1) & HalfMask;
        }

        _cursor = end;
    }

    /// <summary>Makes room for so many entries.</summary>
    internal void Reach(long entries)
    {
        while (entries > _capacity && _capacity < _finalCapacity)
        {
            Grow();
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private uint Block(int hash) => (uint)(((ulong)Spread((uint)hash) * _blocks) >> 32);

    /// <summary>One byte a row, of which five bits choose the counter.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Places(int hash)
    {
        var mixed = (uint)hash * 0x9E3779B1;
        mixed ^= mixed >> 15;
        mixed *= 0x85EBCA77;
        return mixed ^ (mixed >> 13);
    }

    // The table's place comes from the same hash; a key that collides there shall not collide here for that.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Spread(uint hash)
    {
        hash = BitOperations.RotateLeft(hash, 16) * 0xC2B2AE3D;
        return hash ^ (hash >> 16);
    }

    private void StartAgeing()
    {
        // A sample lasts far longer than an ageing; if the last one has not ended all the same, it ends now.
        Age(_blocks - _cursor);
        _cursor = 0;

        // A counter that is odd loses half a count; the four of a key stand for one addition.
        long odd = 0;
        foreach (var word in _words.AsSpan(0, (int)Math.Min(_words.Length, 1024)))
        {
            odd += BitOperations.PopCount(word & OddMask);
        }

        odd = odd * _words.Length / Math.Min(_words.Length, 1024);
        _additions = Math.Max(0, (_additions - (odd / 4)) / 2);
    }

    private void Grow()
    {
        _capacity *= 2;
        if (_capacity <= (long)_blocks * EntriesPerBlock)
        {
            return;
        }

        Age(_blocks - _cursor);
        var words = new ulong[_words.Length * 2];
        for (var block = 0; block < _blocks; block++)
        {
            var old = _words.AsSpan(block * WordsPerBlock, WordsPerBlock);
            old.CopyTo(words.AsSpan(block * 2 * WordsPerBlock));
            old.CopyTo(words.AsSpan(((block * 2) + 1) * WordsPerBlock));
        }

        _words = words;
        _blocks *= 2;
        _cursor = _blocks;
    }
}
