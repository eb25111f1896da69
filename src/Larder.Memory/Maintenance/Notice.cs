using Larder.Memory.Table;

namespace Larder.Memory.Maintenance;

/// <summary>A node that was evicted, and why.</summary>
internal readonly record struct Notice<TKey, TValue>(Node<TKey, TValue> Node, EvictionReason Reason);
