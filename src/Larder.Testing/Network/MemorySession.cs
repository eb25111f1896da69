namespace Larder.Testing;

/// <summary>The store's side of a <see cref="MemoryLink"/>.</summary>
internal sealed class MemorySession(MemoryLink link, Keyspace space, long epoch, bool isOrdered) : Session(space, epoch, isOrdered)
{
    internal override void Enqueue(in Delivery delivery) => link.Enqueue(delivery);

    internal override void Broken() => link.Broken(this);

    internal override void Flush() => link.Flush();
}
