using Larder.Ports;

namespace Larder.Coherence;

/// <summary>The way to keys that live elsewhere tells only that it is there.</summary>
internal sealed class StrayListener(Line line) : IAuthorityLinkListener
{
    public void Connected(long epoch) => line.Begin(epoch);

    public void Disconnected(long epoch)
    {
    }

    public void KeyChanged(string key)
    {
    }

    public void FenceChanged(FenceName name)
    {
    }

    public void EverythingChanged()
    {
    }
}
