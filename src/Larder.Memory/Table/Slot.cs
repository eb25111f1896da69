namespace Larder.Memory.Table;

/// <summary>
/// A place in a segment. A writer sets the hash before the node; a reader takes the node before the hash, and believes
/// neither until the key of the node is equal.
/// </summary>
internal struct Slot<TKey, TValue>
{
    internal Node<TKey, TValue>? Node;
    internal int Hash;
}
