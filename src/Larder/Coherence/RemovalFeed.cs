using Larder.Ports;
using Larder.Scheduling;

namespace Larder.Coherence;

/// <summary>Hands the removals of a cache, those of other nodes too, to those who subscribed, each in order and off the caller's path.</summary>
internal sealed class RemovalFeed(Scheduler scheduler, Action<Exception> onHandlerError) : IRemovalListener
{
    private readonly object _gate = new();
    private volatile RemovalSubscription[] _subscriptions = [];

    internal IAsyncDisposable Subscribe(Func<Removal, CancellationToken, ValueTask> handler)
    {
        var subscription = new RemovalSubscription(handler, scheduler, onHandlerError, Unsubscribe);
        lock (_gate)
        {
            _subscriptions = [.. _subscriptions, subscription];
        }

        return subscription;
    }

    internal void Publish(Removal removal)
    {
        foreach (var subscription in _subscriptions)
        {
            subscription.Post(removal);
        }
    }

    void IRemovalListener.Removed(Removal removal) => Publish(removal with { IsLocal = false });

    void IRemovalListener.Missed() => Publish(new Removal(RemovalKind.Gap, Name: null, IsLocal: false));

    internal void Close()
    {
        foreach (var subscription in _subscriptions)
        {
            subscription.Close();
        }
    }

    private void Unsubscribe(RemovalSubscription subscription)
    {
        lock (_gate)
        {
            _subscriptions = [.. _subscriptions.Where(other => other != subscription)];
        }
    }
}
