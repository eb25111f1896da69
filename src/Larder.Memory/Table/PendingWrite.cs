namespace Larder.Memory.Table;

/// <summary>A change of the table that the policy has yet to hear of: a node came, a node went, or one took the other's place.</summary>
internal readonly struct PendingWrite<TKey, TValue>(Node<TKey, TValue>? born, Node<TKey, TValue>? died, bool expired)
{
    internal readonly Node<TKey, TValue>? Born = born;
    internal readonly Node<TKey, TValue>? Died = died;

    /// <summary>True when the node that went had expired, rather than been replaced or removed.</summary>
    internal readonly bool Expired = expired;
}
