using Larder.Ports;

namespace Larder.Testing;

/// <summary>
/// Channels of removals in memory, for several caches in one test: each message has a number, as on a server, so that one that is lost is noticed with the next. Messages arrive on the thread that sends them. Thread-safe.
/// </summary>
/// <example><code>
/// var removals = new MemoryRemovals();
/// await using var a = LarderCache.Create(o => o.RemovalChannel = removals.Connect());
/// await using var b = LarderCache.Create(o => o.RemovalChannel = removals.Connect());
/// </code></example>
public sealed class MemoryRemovals
{
    private readonly object _gate = new();
    private readonly List<MemoryRemovalChannel> _channels = [];
    private long _number;
    private long _lost;
    private bool _isDown;

    /// <summary>Makes the channel of one cache.</summary>
    /// <returns>The channel.</returns>
    public IRemovalChannel Connect()
    {
        var channel = new MemoryRemovalChannel(this);
        lock (_gate)
        {
            _channels.Add(channel);
        }

        return channel;
    }

    /// <summary>Takes no messages until <see cref="Start"/>; whoever listens has missed something then.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            _isDown = true;
        }
    }

    /// <summary>Takes messages again.</summary>
    public void Start()
    {
        lock (_gate)
        {
            _isDown = false;
            _channels.ForEach(static channel => channel.Miss());
        }
    }

    /// <summary>Loses the next messages on their way; their sender does not learn of it.</summary>
    /// <param name="count">How many.</param>
    public void Lose(int count)
    {
        lock (_gate)
        {
            _lost += count;
        }
    }

    internal bool Publish(MemoryRemovalChannel sender, ReadOnlySpan<Removal> removals)
    {
        lock (_gate)
        {
            if (_isDown)
            {
                return false;
            }

            _number++;
            if (_lost > 0)
            {
                _lost--;
                return true;
            }

            foreach (var channel in _channels)
            {
                channel.Take(_number, channel == sender ? [] : removals);
            }

            return true;
        }
    }

    internal void Listen(MemoryRemovalChannel channel)
    {
        lock (_gate)
        {
            channel.Begin(_number);
        }
    }
}
