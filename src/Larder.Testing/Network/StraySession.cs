namespace Larder.Testing;

/// <summary>A store's side of a <see cref="StrayLink"/>. It is not among the sessions of its keyspace: it tracks nothing, and nobody sends it anything but answers.</summary>
internal sealed class StraySession(Action<Delivery> enqueue, Keyspace space, long epoch) : Session(space, epoch, isOrdered: false)
{
    internal override void Enqueue(in Delivery delivery) => enqueue(delivery);

    internal override void Broken()
    {
    }
}
