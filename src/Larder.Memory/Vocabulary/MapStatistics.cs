using System.Runtime.InteropServices;

namespace Larder.Memory;

/// <summary>What a map has counted since it was made, and what it holds now.</summary>
/// <remarks>The numbers are read one after the other while others go on: together they are near a moment, not of one.</remarks>
[StructLayout(LayoutKind.Auto)]
public readonly record struct MapStatistics
{
    /// <summary>Look-ups that found a live entry.</summary>
    public long Hits { get; init; }

    /// <summary>Look-ups that found none.</summary>
    public long Misses { get; init; }

    /// <summary>The share of look-ups that were hits, from 0 to 1; 0 before the first look-up.</summary>
    public double HitRatio => Hits + Misses == 0 ? 0 : (double)Hits / (Hits + Misses);

    /// <summary>Entries that gave way because the bound was reached.</summary>
    public long EvictedForCapacity { get; init; }

    /// <summary>Entries dropped because their time had run out.</summary>
    public long Expired { get; init; }

    /// <summary>Values refused because each alone was heavier than the bound.</summary>
    public long RefusedAsTooHeavy { get; init; }

    /// <summary>Entries dropped because the map was asked to trim itself.</summary>
    public long Trimmed { get; init; }

    /// <summary>Eviction callbacks that threw; the exception is swallowed.</summary>
    public long CallbackFailures { get; init; }

    /// <summary>The entries in the map, expired ones included until they are dropped.</summary>
    public long Count { get; init; }

    /// <summary>The sum of the weights of the entries; without a weigher the same as <see cref="Count"/>.</summary>
    public long Weight { get; init; }

    /// <summary>
    /// Bytes on the heap, estimated: what the map itself holds for its entries, tables and statistics, and, where a
    /// weigher is set, the weights, taken as bytes. Without a weigher keys and values are not counted.
    /// </summary>
    public long EstimatedBytes { get; init; }
}
