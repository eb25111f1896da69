namespace Larder.Redis;

/// <summary>How a <see cref="CascacheStore{T}"/> keeps values. Checked when the store is made. Services that share a namespace may differ in all of it.</summary>
public sealed record CascacheOptions
{
    /// <summary>The least that a lifetime may be.</summary>
    internal static readonly TimeSpan ShortestLifetime = TimeSpan.FromMilliseconds(1);

    /// <summary>False: every look-up is a miss and nothing is stored; removals are made all the same, because others go on reading. The default is true.</summary>
    public bool IsEnabled { get; init; } = true;

    /// <summary>How long a single value lives. At least a millisecond; the default is 10 minutes, like cascache's.</summary>
    public TimeSpan ValueLifetime { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a bulk lives. At least a millisecond; the default is 10 minutes, like cascache's.</summary>
    public TimeSpan BulkLifetime { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// How long the generation of a key is kept after its last removal. It must be longer than both lifetimes, or a value that outlives it would be valid again. Null, the
    /// default: for ever, which costs some 70 bytes of Redis for each key that was ever removed.
    /// </summary>
    public TimeSpan? GenerationRetention { get; init; }

    /// <summary>Whether bulks are read and written. False: many keys are read and written one by one, in one go. The default is true.</summary>
    public bool UsesBulk { get; init; } = true;

    /// <summary>The most bytes of one encoded value that are stored, or decoded. At least 1; the default is 1 MiB.</summary>
    public int MaximumValueBytes { get; init; } = 1_048_576;

    /// <summary>The most bytes of a bulk that are stored, or decoded. At least 1; the default is 16 MiB.</summary>
    public int MaximumBulkBytes { get; init; } = 16_777_216;

    /// <summary>The most keys of a bulk; more are read and written one by one. At least 1; the default is 1,000.</summary>
    public int MaximumBulkKeys { get; init; } = 1_000;

    /// <summary>Refuses what can not work, naming everything at once.</summary>
    internal void Check(string space)
    {
        var problems = new List<string>();
        if (!Cascache.KeyNames.HasUtf8(space))
        {
            problems.Add("the namespace is empty, or has half of a surrogate pair; name it as the Go services do");
        }

        AddLifetime(problems, nameof(ValueLifetime), ValueLifetime);
        AddLifetime(problems, nameof(BulkLifetime), BulkLifetime);
        AddLimit(problems, nameof(MaximumValueBytes), MaximumValueBytes);
        AddLimit(problems, nameof(MaximumBulkBytes), MaximumBulkBytes);
        AddLimit(problems, nameof(MaximumBulkKeys), MaximumBulkKeys);
        if (GenerationRetention is { } retention && (retention <= ValueLifetime || retention <= BulkLifetime))
        {
            problems.Add($"GenerationRetention is {retention}; set it to more than ValueLifetime ({ValueLifetime}) and BulkLifetime ({BulkLifetime}), or to null for ever");
        }

        if (problems.Count > 0)
        {
            throw new ArgumentException($"These settings of a CascacheStore can not be used: {string.Join("; ", problems)}.", nameof(space));
        }
    }

    private static void AddLifetime(List<string> problems, string name, TimeSpan value)
    {
        if (value < ShortestLifetime)
        {
            problems.Add($"{name} is {value}; set it to a millisecond or more");
        }
    }

    private static void AddLimit(List<string> problems, string name, int value)
    {
        if (value < 1)
        {
            problems.Add($"{name} is {value}; set it to 1 or more");
        }
    }
}
