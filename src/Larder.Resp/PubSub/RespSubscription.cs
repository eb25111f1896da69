using System.Threading.Channels;

namespace Larder.Resp;

/// <summary>
/// A subscription: reads what is published from the moment on at which it was made. It outlives lost connections, and says
/// in its place in the stream that something may be missing. Dispose of it to end it.
/// </summary>
/// <remarks>Messages wait here until they are read, so many at most as the subscription was made for; then new ones are dropped, and that is said.</remarks>
public sealed class RespSubscription : IAsyncDisposable
{
    private readonly Channel<RespMessage> _messages;
    private readonly Func<RespSubscription, ValueTask> _end;
    private long _dropped;
    private bool _hasDropped;

    internal RespSubscription(RespChannelKind kind, string channel, int capacity, Func<RespSubscription, ValueTask> end)
    {
        Kind = kind;
        Channel = channel;
        _end = end;
        _messages = System.Threading.Channels.Channel.CreateBounded<RespMessage>(
            new BoundedChannelOptions(capacity) { FullMode = BoundedChannelFullMode.Wait, SingleWriter = false });
    }

    /// <summary>What it names.</summary>
    public RespChannelKind Kind { get; }

    /// <summary>The channel or pattern.</summary>
    public string Channel { get; }

    /// <summary>How many messages were dropped, because nobody read them in time.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>What is told, until the subscription is disposed of. Several readers share the messages between them.</summary>
    /// <param name="cancellationToken">Ends the reading, not the subscription.</param>
    public IAsyncEnumerable<RespMessage> ReadAllAsync(CancellationToken cancellationToken = default) => _messages.Reader.ReadAllAsync(cancellationToken);

    /// <summary>Ends it. The server is told if nobody else listens to the channel.</summary>
    public ValueTask DisposeAsync()
    {
        _messages.Writer.TryComplete();
        return _end(this);
    }

    internal void End() => _messages.Writer.TryComplete();

    // From the reader of a connection, one at a time; and once more at the end, when no reader is left.
    internal void Tell(RespMessage message)
    {
        if (_hasDropped && _messages.Writer.TryWrite(new RespMessage(RespMessageKind.Dropped, Channel, default)))
        {
            _hasDropped = false;
        }

        if (_hasDropped || !_messages.Writer.TryWrite(message))
        {
            _hasDropped = true;
            Interlocked.Increment(ref _dropped);
        }
    }
}
