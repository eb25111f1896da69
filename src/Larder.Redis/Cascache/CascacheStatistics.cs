namespace Larder.Redis;

/// <summary>What a <see cref="CascacheStore{T}"/> has counted since it was made. The same numbers are on the meter "Larder.Redis".</summary>
public sealed record CascacheStatistics
{
    /// <summary>Values that were found, those of bulks included.</summary>
    public long Hits { get; init; }

    /// <summary>Look-ups of a key without a value, by reason. Only reasons that came up.</summary>
    public required IReadOnlyDictionary<CascacheReason, long> Misses { get; init; }

    /// <summary>Bulks that answered.</summary>
    public long BulkHits { get; init; }

    /// <summary>Bulks that were there and did not answer, by reason. Only reasons that came up.</summary>
    public required IReadOnlyDictionary<CascacheReason, long> BulkRejections { get; init; }

    /// <summary>Conditional stores of single values by what became of them. Only outcomes that came up.</summary>
    public required IReadOnlyDictionary<CascacheOutcome, long> Stores { get; init; }

    /// <summary>Frames that were deleted because they were refused, if they still stood there.</summary>
    public long Healed { get; init; }
}
