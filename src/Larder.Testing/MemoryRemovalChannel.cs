using Larder.Ports;

namespace Larder.Testing;

/// <summary>The channel of one cache to <see cref="MemoryRemovals"/>, which guards it.</summary>
internal sealed class MemoryRemovalChannel(MemoryRemovals removals) : IRemovalChannel
{
    private IRemovalListener? _listener;
    private long _last;
    private bool _listens;

    public void Join(TierHost host, IRemovalListener listener) => _listener = listener;

    public void Listen() => removals.Listen(this);

    public ValueTask<bool> PublishAsync(ReadOnlyMemory<Removal> some, CancellationToken cancellationToken) => new(removals.Publish(this, some.Span));

    internal void Begin(long number)
    {
        if (!_listens)
        {
            (_listens, _last) = (true, number);
            _listener!.Missed();
        }
    }

    internal void Miss()
    {
        if (_listens)
        {
            _listener!.Missed();
        }
    }

    internal void Take(long number, ReadOnlySpan<Removal> some)
    {
        if (!_listens)
        {
            return;
        }

        if (number != _last + 1)
        {
            _listener!.Missed();
        }

        _last = number;
        foreach (var removal in some)
        {
            _listener!.Removed(removal);
        }
    }
}
