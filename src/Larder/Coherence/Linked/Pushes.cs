using Larder.Ports;

namespace Larder.Coherence;

/// <summary>What the store announces, handed on in the stream's order before the next answer is looked at. That order is what memory's correctness rests on, so nothing here waits or hops.</summary>
internal sealed class Pushes(Line line, KeyWaits waits, Renewal? renewal, Deference? deference, ILineNews news, TaskCompletionSource firstContact) : IAuthorityLinkListener
{
    public void Connected(long epoch)
    {
        // One that was never told to be over is over now.
        line.End(line.Epoch, failure: null);
        line.Begin(epoch);
        if (renewal is null)
        {
            // No lease kept this node from filling its memory while nobody told it of changes.
            line.Listener.Missed();
        }

        news.Connected();
        renewal?.Connected(epoch);
        line.Debts?.Connected();
        deference?.Connected(epoch);
        firstContact.TrySetResult();
    }

    public void Disconnected(long epoch)
    {
        line.End(epoch, failure: null);
        firstContact.TrySetResult();
    }

    public void KeyChanged(string key)
    {
        line.Listener.KeyChanged(key);
        waits.Wake(key);
        renewal?.Hint();
    }

    public void FenceChanged(FenceName name)
    {
        if (name.Kind == FenceKind.Registry)
        {
            renewal?.Rung();
            return;
        }

        line.Listener.FenceMoved(name);
        renewal?.Hint();
    }

    public void KeysLeft(Func<string, bool> areThey)
    {
        line.Listener.KeysMissed(areThey);
        waits.WakeAll();
    }

    public void EverythingChanged()
    {
        line.Listener.Missed();
        waits.WakeAll();
        renewal?.Rung();
    }
}
