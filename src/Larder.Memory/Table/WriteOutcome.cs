namespace Larder.Memory.Table;

/// <summary>What became of a write.</summary>
/// <param name="Done">True when it did what it asks for.</param>
/// <param name="Found">The live node that it found.</param>
/// <param name="Died">The node that left the table by this write, replaced, removed or found expired.</param>
internal readonly record struct WriteOutcome<TKey, TValue>(bool Done, Node<TKey, TValue>? Found, Node<TKey, TValue>? Died)
{
    /// <summary>True when word for the policy was left in the segment; false when whoever wrote must pass it on.</summary>
    internal bool IsQueued { get; init; }

    /// <summary>True when the table has changed.</summary>
    internal bool HasChanged => Done || Died is not null;

    /// <summary>What the policy must hear of this.</summary>
    internal PendingWrite<TKey, TValue> Word(in Write<TKey, TValue> write) =>
        new(Done ? write.Born : null, Died, expired: Died is not null && Found is null);
}
