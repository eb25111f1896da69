using Larder.Redis.Connecting;
using Larder.Redis.Layout;
using Larder.Redis.Scheduling;
using Larder.Resp;

namespace Larder.Redis.Linking;

/// <summary>
/// Reads what other nodes publish of their changes. A number that is missing, a connection that was lost and a reader that was too slow all mean the same: everything may have changed.
/// </summary>
internal sealed class NewsReading(RedisLink link, RedisHub hub, Announcing announcing, OtherTransport others) : IAsyncDisposable
{
    private const int MostWaiting = 16_384;

    private readonly CancellationTokenSource _ending = new();
    private int _isStarted;
    private int _isDisposed;
    private long? _last;
    private long _dropped;

    /// <summary>There is a connection: begins to read, unless that was begun before. The subscription then outlives connections.</summary>
    internal void Start()
    {
        if (Interlocked.Exchange(ref _isStarted, 1) == 0)
        {
            Pauses.Start(ReadAsync);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
        {
            await _ending.CancelAsync().ConfigureAwait(false);
            _ending.Dispose();
        }
    }

    private async Task ReadAsync()
    {
        try
        {
            var client = hub.Client ?? throw new RespConnectionException("There is no connection to Redis.");
            var subscription = await client.SubscribeAsync(announcing.Names.Channel, capacity: MostWaiting, cancellationToken: _ending.Token).ConfigureAwait(false);
            await using (subscription.ConfigureAwait(false))
            {
                // What was read before nobody would have been told of.
                link.EverythingChanged();
                await foreach (var message in subscription.ReadAllAsync(_ending.Token).ConfigureAwait(false))
                {
                    Take(subscription, message);
                }
            }
        }
        catch (Exception) when (Volatile.Read(ref _isDisposed) != 0)
        {
            // The cache ends.
        }
        catch (Exception)
        {
            // No answer, a refusal, or a fault: whatever it is, nobody may go on without the news. The next connection is subscribed on again, and this one is not to be trusted.
            Volatile.Write(ref _isStarted, 0);
            link.Drop(link.Epoch);
        }
    }

    private void Take(RespSubscription subscription, RespMessage message)
    {
        if (message.Kind != RespMessageKind.Message)
        {
            _last = null;
            link.EverythingChanged();
            return;
        }

        var dropped = subscription.Dropped;
        if (others.IsHeard(message.Payload.Span) && dropped == _dropped)
        {
            // It has no number, and the numbers of the others go on.
            link.EverythingChanged();
            return;
        }

        var isWhole = Announcing.TryRead(message.Payload.Span, out var number, out var sender, out var name);
        var isNext = isWhole && number > 0 && (_last is not { } last || number == last + 1) && dropped == _dropped;
        (_last, _dropped) = (isWhole && number > 0 ? number : null, dropped);
        if (!isNext)
        {
            link.EverythingChanged();
        }
        else if (!sender.SequenceEqual(announcing.Sender))
        {
            // Its own would come late, and drop what was just stored.
            link.Changed(name);
        }
    }
}
