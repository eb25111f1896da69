using Larder.Ports;
using Larder.Redis.Connecting;
using Larder.Redis.Layout;
using Larder.Redis.Scheduling;
using Larder.Resp;
using Microsoft.Extensions.Logging;

namespace Larder.Redis.Feeding;

/// <summary>
/// The feed of one cache: messages on a channel, which the server numbers as it sends them. A number that is skipped or comes again out of turn, a lost connection, a reader that was too slow and a message that can not be read all
/// mean the same: something was missed.
/// </summary>
internal sealed class RedisRemovalChannel(IClientSource clients, KeyNames names, IRemovalListener listener, ILogger logger, Pauses pauses) : IAsyncDisposable
{
    private const int MostWaiting = 16_384;

    /// <summary>KEYS: the count. ARGV: the channel, the message.</summary>
    private const string Publish = "local n = redis.call('INCR', KEYS[1]) redis.call('PUBLISH', ARGV[1], n .. ' ' .. ARGV[2]) return n";

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _ending = new();
    private readonly FenceToken _sender = FenceToken.Create();
    private readonly List<Removal> _removals = [];
    private int _isListening;
    private int _isDisposed;
    private long? _last;

    internal async ValueTask<bool> PublishAsync(ReadOnlyMemory<Removal> removals, CancellationToken cancellationToken)
    {
        var (client, _) = await clients.ClientAsync(cancellationToken).ConfigureAwait(false);
        var message = FeedMessage.Write(_sender, removals.Span);

        // Sent twice it is told twice, which is allowed; not told at all would be worse.
        var command = new RespCommand("EVAL", Publish, 1, names.FeedCount, names.Feed, message) { Flags = RespFlags.Repeatable };
        await client.ExecuteAsync(in command, cancellationToken).ConfigureAwait(false);
        return true;
    }

    /// <summary>Begins to read, once.</summary>
    internal void Listen()
    {
        if (Interlocked.Exchange(ref _isListening, 1) == 0)
        {
            Pauses.Start(ListenAsync);
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

    private async Task ListenAsync()
    {
        var ending = _ending.Token;
        var hasFailed = false;
        try
        {
            while (!ending.IsCancellationRequested)
            {
                try
                {
                    await ReadAsync(() => hasFailed = false, ending).ConfigureAwait(false);
                }
                catch (Exception failure) when (!ending.IsCancellationRequested)
                {
                    // No connection yet, no answer, a fault, or a refusal, which is told once. Whoever listens is told of a gap when it goes on.
                    if (failure is RespServerException refusal && !hasFailed)
                    {
                        hasFailed = true;
                        FeedLog.CanNotListen(logger, refusal.Code);
                    }
                }

                await pauses.DelayAsync(Pause, ending).ConfigureAwait(false);
            }
        }
        catch (Exception failure) when (failure is OperationCanceledException or ObjectDisposedException)
        {
            // The cache ends.
        }
    }

    private async Task ReadAsync(Action onStanding, CancellationToken ending)
    {
        var (client, _) = await clients.ClientAsync(ending).ConfigureAwait(false);
        var subscription = await client.SubscribeAsync(names.Feed, capacity: MostWaiting, cancellationToken: ending).ConfigureAwait(false);
        await using (subscription.ConfigureAwait(false))
        {
            onStanding();
            Miss();
            await foreach (var message in subscription.ReadAllAsync(ending).ConfigureAwait(false))
            {
                Take(message);
            }
        }
    }

    private void Take(RespMessage message)
    {
        _removals.Clear();
        if (message.Kind != RespMessageKind.Message || !FeedMessage.TryRead(message.Payload.Span, out var number, out var sender, _removals))
        {
            Miss();
            return;
        }

        if (_last is { } last && number != last + 1)
        {
            listener.Missed();
        }

        _last = number;
        if (sender == _sender)
        {
            return;
        }

        foreach (var removal in _removals)
        {
            listener.Removed(removal);
        }
    }

    /// <summary>What comes next is the first of a new count.</summary>
    private void Miss()
    {
        _last = null;
        listener.Missed();
    }
}
