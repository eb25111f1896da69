using Larder.Ports;

namespace Larder.Testing;

/// <summary>The store's side of one connection. All members are used under the store's lock, unless they say otherwise.</summary>
internal abstract class Session(Keyspace space, long epoch, bool isOrdered)
{
    internal Keyspace Space => space;

    internal long Epoch => epoch;

    /// <summary>True when it tracks what it reads; false when it is sent all changes as numbered messages.</summary>
    internal bool IsOrdered => isOrdered;

    /// <summary>The number of the last message that was sent, where no order is kept.</summary>
    internal long LastMessage { get; set; }

    internal bool IsOpen { get; set; } = true;

    /// <summary>Whether what its own command changes is announced before the command's answer. Stores differ, so a simulation tries both.</summary>
    internal virtual bool AnnouncesOwnFirst => false;

    /// <summary>Takes what is to be sent, in the order in which the store sends it.</summary>
    internal abstract void Enqueue(in Delivery delivery);

    /// <summary>Takes a message that keeps no order.</summary>
    internal virtual void EnqueueMessage(in Delivery delivery) => Enqueue(delivery);

    /// <summary>The store has gone down or thrown the connection out: no answer comes any more.</summary>
    internal abstract void Broken();

    /// <summary>Sends on what has been taken, outside of the store's lock.</summary>
    internal virtual void Flush()
    {
    }
}
