using Larder.Ports;
using Larder.Redis.Connecting;
using Larder.Redis.Layout;
using Larder.Resp;

namespace Larder.Redis.Locks;

/// <summary>The locks of one cache in Redis, over the client that all caches share.</summary>
internal sealed class RedisLockStore(IClientSource clients, KeyNames names) : ILockStore
{
    /// <summary>How long the last number of a lock is kept: 7 days. Afterwards the server's clock alone makes the next one larger.</summary>
    private const long NumberLifetime = 604_800_000;

    private static readonly IRespDecoder<long?> Number = new NumberReply();

    public async ValueTask<long?> TryTakeAsync(string name, FenceToken owner, TimeSpan timeToLive, CancellationToken cancellationToken)
    {
        var command = new RespCommand(
            "EVAL", LockScripts.Take, 2, names.Lock(name), names.LockNumber(name), Bytes(owner), Milliseconds(timeToLive), NumberLifetime)
        {
            Flags = RespFlags.Repeatable,
        };
        return await AskAsync(command, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<bool> TryProlongAsync(string name, FenceToken owner, TimeSpan timeToLive, CancellationToken cancellationToken)
    {
        // Not answered within its time it is of no use, and the next one follows soon.
        var command = new RespCommand("EVAL", LockScripts.Prolong, 1, names.Lock(name), Bytes(owner), Milliseconds(timeToLive))
        {
            Flags = RespFlags.Repeatable,
            Timeout = timeToLive,
        };
        return await AskAsync(command, cancellationToken).ConfigureAwait(false) == 1;
    }

    public async ValueTask ReleaseAsync(string name, FenceToken owner, CancellationToken cancellationToken)
    {
        var command = new RespCommand("EVAL", LockScripts.Release, 1, names.Lock(name), Bytes(owner)) { Flags = RespFlags.Repeatable };
        await AskAsync(command, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<long?> AskAsync(RespCommand command, CancellationToken cancellationToken)
    {
        var client = await clients.ClientAsync(cancellationToken).ConfigureAwait(false);
        return await client.ExecuteAsync(in command, Number, cancellationToken).ConfigureAwait(false);
    }

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
