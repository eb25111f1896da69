using Larder.Ports;
using Larder.Redis.Connecting;
using Larder.Redis.Layout;
using Larder.Redis.Scheduling;
using Larder.Resp;

namespace Larder.Redis.Locks;

/// <summary>
/// The locks of one cache in Redis, over the client that all caches share. Each command is bound to a connection that caches may use, so that none reaches a server that was not looked at; all of them may be repeated for the same
/// owner, and are, on the next connection.
/// </summary>
/// <param name="clients">Who has the client.</param>
/// <param name="names">What things are called.</param>
/// <param name="replicas">Who confirms that replicas have a lock before its owner may trust it; null when that is not asked for.</param>
/// <param name="pauses">The clock.</param>
/// <param name="longest">How long taking and giving back may take, with all that they wait for.</param>
internal sealed class RedisLockStore(IClientSource clients, KeyNames names, ReplicaConfirmation? replicas, Pauses pauses, TimeSpan longest) : ILockStore
{
    /// <summary>How long the last number of a lock is kept: 7 days. Afterwards the server's clock alone makes the next one larger.</summary>
    private const long NumberLifetime = 604_800_000;

    /// <summary>Connections that may be lost under one command.</summary>
    private const int MostAttempts = 3;

    private static readonly IRespDecoder<long?> Number = new NumberReply();

    public async ValueTask<long?> TryTakeAsync(string name, FenceToken owner, TimeSpan timeToLive, CancellationToken cancellationToken)
    {
        var command = new RespCommand(
            "EVAL", LockScripts.Take, 2, names.Lock(name), names.LockNumber(name), Bytes(owner), Milliseconds(timeToLive), NumberLifetime)
        {
            Flags = RespFlags.Repeatable,
        };
        var (number, epoch) = await AskAsync(command, cancellationToken).ConfigureAwait(false);
        if (number is not null && !await IsConfirmedAsync(epoch, cancellationToken).ConfigureAwait(false))
        {
            // Whoever asked gives it back.
            throw replicas!.NotConfirmed("The lock was taken on the primary");
        }

        return number;
    }

    public async ValueTask<bool> TryProlongAsync(string name, FenceToken owner, TimeSpan timeToLive, CancellationToken cancellationToken)
    {
        // Not answered within its time it is of no use, and the next one follows soon.
        var command = new RespCommand("EVAL", LockScripts.Prolong, 1, names.Lock(name), Bytes(owner), Milliseconds(timeToLive))
        {
            Flags = RespFlags.Repeatable,
            Timeout = timeToLive,
        };
        var (prolonged, epoch) = await AskAsync(command, cancellationToken).ConfigureAwait(false);
        if (prolonged != 1)
        {
            return false;
        }

        // A replica that becomes the primary would let it end when the last time that it knows of is over.
        return await IsConfirmedAsync(epoch, cancellationToken).ConfigureAwait(false) ? true : throw replicas!.NotConfirmed("The lock was prolonged on the primary");
    }

    public async ValueTask ReleaseAsync(string name, FenceToken owner, CancellationToken cancellationToken)
    {
        var command = new RespCommand("EVAL", LockScripts.Release, 1, names.Lock(name), Bytes(owner)) { Flags = RespFlags.Repeatable };
        await AskAsync(command, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<(long? Answer, long Epoch)> AskAsync(RespCommand command, CancellationToken cancellationToken)
    {
        // One bound for the waiting for a connection and for the answer. What says itself how long it is of use has its own.
        using var limit = command.Timeout is null ? pauses.EndAfter(longest, cancellationToken) : null;
        var ending = limit?.Token ?? cancellationToken;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var (client, epoch) = await clients.ClientAsync(ending).ConfigureAwait(false);
                try
                {
                    return (await client.ExecuteAsync(command with { Epoch = epoch }, Number, ending).ConfigureAwait(false), epoch);
                }
                catch (RespException lost) when (lost is RespConnectionException or RespIndeterminateException && attempt < MostAttempts)
                {
                    // The connection was lost: the next one is asked, when it was found to be good.
                }
            }
            catch (RespServerException refusal)
            {
                // Not the server's own words: they may quote a name.
                throw new TierUnavailableException($"Redis refused the command of a lock ({refusal.Code}).{Refusals.Remedy(refusal)} Try again later.", refusal);
            }
            catch (OperationCanceledException late) when (!cancellationToken.IsCancellationRequested)
            {
                var why = clients.Obstacle is { } obstacle ? $" {obstacle}" : "";
                throw new TierUnavailableException(FormattableString.Invariant($"Redis did not answer within {longest.TotalSeconds:0.###} s (asyncTimeout), so the lock can not be trusted.{why} Try again later."), late);
            }
            catch (RespException failure)
            {
                throw new TierUnavailableException($"Redis did not answer, so the lock can not be trusted. {failure.Message} Try again later.", failure);
            }
        }
    }

    private ValueTask<bool> IsConfirmedAsync(long epoch, CancellationToken cancellationToken) =>
        replicas is null ? new ValueTask<bool>(true) : replicas.IsConfirmedAsync(epoch, names.Marks, cancellationToken);

    private static byte[] Bytes(FenceToken owner)
    {
        var bytes = new byte[FenceToken.Size];
        owner.Write(bytes);
        return bytes;
    }

    private static long Milliseconds(TimeSpan time) => (long)Math.Ceiling(time.TotalMilliseconds);

    private sealed class NumberReply : IRespDecoder<long?>
    {
        public long? Decode(ref RespReader reply) => reply.IsNull ? null : reply.GetInt64();
    }
}
