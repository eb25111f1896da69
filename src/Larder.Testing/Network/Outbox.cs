namespace Larder.Testing;

/// <summary>Hands deliveries on one at a time, in order, on whichever thread comes first. Thread-safe.</summary>
internal sealed class Outbox(Action<Delivery> deliver)
{
    private readonly Queue<Delivery> _queue = new();
    private bool _isDelivering;

    internal void Enqueue(in Delivery delivery)
    {
        lock (_queue)
        {
            _queue.Enqueue(delivery);
        }
    }

    /// <summary>Delivers what is there, unless somebody is at it, who then delivers this too.</summary>
    internal void Flush()
    {
        lock (_queue)
        {
            if (_isDelivering || _queue.Count == 0)
            {
                return;
            }

            _isDelivering = true;
        }

        var hasEnded = false;
        try
        {
            while (TryTake(out var delivery))
            {
                deliver(delivery);
            }

            hasEnded = true;
        }
        finally
        {
            if (!hasEnded)
            {
                // A listener that throws, which it must not, breaks one delivery and not the link.
                lock (_queue)
                {
                    _isDelivering = false;
                }
            }
        }
    }

    private bool TryTake(out Delivery delivery)
    {
        lock (_queue)
        {
            if (_queue.TryDequeue(out delivery))
            {
                return true;
            }

            _isDelivering = false;
            return false;
        }
    }
}
