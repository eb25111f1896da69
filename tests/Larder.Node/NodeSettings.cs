using System.Text.Json;

namespace Larder.Node;

/// <summary>What a node is told when it starts, as the one argument of its process.</summary>
public sealed record NodeSettings
{
    /// <summary>The prefix where none is named.</summary>
    public const string UsualPrefix = "larder";

    /// <summary>The cache where none is named.</summary>
    public const string UsualCache = "default";

    /// <summary>Its number, which no other process of the run has.</summary>
    public required int Number { get; init; }

    /// <summary>The connection string of the server.</summary>
    public required string Server { get; init; }

    /// <summary>The prefix of all keys.</summary>
    public string Prefix { get; init; } = UsualPrefix;

    /// <summary>The name of the cache.</summary>
    public string Cache { get; init; } = UsualCache;

    /// <summary>The level of coherence.</summary>
    public CoherenceLevel Level { get; init; } = CoherenceLevel.Strict;

    /// <summary>True for numbered messages instead of tracking.</summary>
    public bool OverMessages { get; init; }

    /// <summary>The coherence lease.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How many replicas confirm a removal.</summary>
    public int WaitReplicas { get; init; }

    /// <summary>Into how many ranges the slots of a cluster are cut.</summary>
    public int ClusterRanges { get; init; } = 64;

    /// <summary>The file of the database that all processes share.</summary>
    public required string Database { get; init; }

    /// <summary>The file for the history of a workload; null where there is none.</summary>
    public string? History { get; init; }

    /// <summary>How long entries are fresh.</summary>
    public TimeSpan FreshFor { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long entries are served stale.</summary>
    public TimeSpan StaleFor { get; init; }

    /// <summary>How long entries are kept as a fallback.</summary>
    public TimeSpan FallbackFor { get; init; }

    /// <summary>The longest time the source is waited for.</summary>
    public TimeSpan SourceTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The longest time a tier is waited for.</summary>
    public TimeSpan TierTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long the right to load outlives a node.</summary>
    public TimeSpan LoadLease { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long another node's load is waited for.</summary>
    public TimeSpan? LoadWait { get; init; }

    /// <summary>Whether removals are queued while the server is away.</summary>
    public bool QueueRemovals { get; init; }

    /// <summary>The type of structured values: its name, and its properties with their types in the namespace System.</summary>
    public string ValueType { get; init; } = "Shop.Product Number:Int32 Name:String";

    /// <summary>By how much its wall clock is wrong.</summary>
    public TimeSpan ClockError { get; init; }

    /// <summary>The settings as text.</summary>
    public string ToText() => JsonSerializer.Serialize(this);

    /// <summary>The settings in a text.</summary>
    public static NodeSettings Parse(string text) => JsonSerializer.Deserialize<NodeSettings>(text)!;
}
