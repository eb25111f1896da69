using System.Runtime.InteropServices;

namespace Larder.Node.Histories;

/// <summary>One line of a history. Moments are those of the machine's monotonic clock, which all processes share.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct HistoryRecord
{
    /// <summary>What happened.</summary>
    public HistoryKind Kind { get; init; }

    /// <summary>The node.</summary>
    public int Node { get; init; }

    /// <summary>The key.</summary>
    public int Key { get; init; }

    /// <summary>How a read was answered.</summary>
    public CacheStatus Status { get; init; }

    /// <summary>Where the answer of a read was found; none where the call does not tell.</summary>
    public CacheTier Tier { get; init; }

    /// <summary>The version that was read, or that a change had made before it was told to the cache.</summary>
    public long Version { get; init; }

    /// <summary>When the call began.</summary>
    public long Began { get; init; }

    /// <summary>When it ended.</summary>
    public long Ended { get; init; }

    /// <summary>True for a read after everything has come to rest.</summary>
    public bool IsFinal { get; init; }
}
