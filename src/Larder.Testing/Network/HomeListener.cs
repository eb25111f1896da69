using Larder.Ports;

namespace Larder.Testing;

/// <summary>One connection of a <see cref="RangeLink"/> to one node: what it tells counts while it is the present one.</summary>
internal sealed class HomeListener(RangeLink range, MemoryLink link, int node) : IAuthorityLinkListener
{
    private long _epoch;
    private long _epochOfLink;

    internal MemoryLink Link => link;

    internal int Node => node;

    /// <summary>The connection's number among all of the range; 0 while there is none.</summary>
    internal long Epoch => Volatile.Read(ref _epoch);

    /// <summary>Its number at the node.</summary>
    internal long EpochOfLink => Volatile.Read(ref _epochOfLink);

    public void Connected(long epoch)
    {
        if (range.IsPresent(this))
        {
            Volatile.Write(ref _epochOfLink, epoch);
            Volatile.Write(ref _epoch, range.NextEpoch());
            range.Listener.Connected(_epoch);
        }
    }

    public void Disconnected(long epoch)
    {
        var over = Interlocked.Exchange(ref _epoch, 0);
        if (over != 0 || (epoch == 0 && range.IsPresent(this)))
        {
            range.Listener.Disconnected(over);
        }

        range.Lost(this);
    }

    public void KeyChanged(string key)
    {
        if (range.IsPresent(this))
        {
            range.Listener.KeyChanged(key);
        }
    }

    public void FenceChanged(FenceName name)
    {
        if (range.IsPresent(this))
        {
            range.Listener.FenceChanged(name);
        }
    }

    public void EverythingChanged()
    {
        if (range.IsPresent(this))
        {
            range.Listener.EverythingChanged();
        }
    }
}
