namespace Larder.Memory.Table;

/// <summary>What became of a write.</summary>
/// <param name="Done">True when it did what it asks for.</param>
/// <param name="Found">The live node that it found.</param>
/// <param name="Died">The node that left the table by this write, replaced, removed or found expired.</param>
internal readonly record struct WriteOutcome<TKey, TValue>(bool Done, Node<TKey, TValue>? Found, Node<TKey, TValue>? Died);
