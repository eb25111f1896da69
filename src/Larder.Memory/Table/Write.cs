namespace Larder.Memory.Table;

/// <summary>One write of one key, made up before any lock is taken.</summary>
internal readonly struct Write<TKey, TValue>(WriteMode mode, TKey key, int hash)
{
    internal readonly WriteMode Mode = mode;
    internal readonly TKey Key = key;
    internal readonly int Hash = hash;

    /// <summary>The node to store; null for removals.</summary>
    internal Node<TKey, TValue>? Born { get; init; }

    /// <summary>The value that must be there, for the modes that compare.</summary>
    internal TValue? Comparand { get; init; }

    internal long Weight => Born?.Weight ?? 0;
}
