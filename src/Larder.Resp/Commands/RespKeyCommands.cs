using System.Runtime.CompilerServices;
using Larder.Resp.Commands;
using Larder.Resp.Reading;

namespace Larder.Resp;

/// <summary>Commands for keys of any type. What they throw is said at <see cref="RespException"/> and the types derived from it.</summary>
public static class RespKeyCommands
{
    private const int DefaultScanCount = 250;

    /// <summary>Removes keys without waiting for their memory (UNLINK); gives how many were there. Repeatable. Long lists are split.</summary>
    /// <param name="client">The client.</param>
    /// <param name="keys">The keys; none does nothing.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public static async ValueTask<long> UnlinkAsync(this RespClient client, ReadOnlyMemory<RespArgument> keys, CancellationToken cancellationToken = default)
    {
        var removed = 0L;
        foreach (var (_, chunk) in Chunks.Send(client, keys, 1, part => client.ExecuteAsync(new RespCommand(Verbs.Unlink, part), Replies.Whole, cancellationToken)))
        {
            removed += await chunk.ConfigureAwait(false);
        }

        return removed;
    }

    /// <summary>Removes a key without waiting for its memory (UNLINK); true when it was there. Repeatable.</summary>
    /// <param name="client">The client.</param>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public static ValueTask<bool> UnlinkAsync(this RespClient client, RespArgument key, CancellationToken cancellationToken = default) =>
        client.ExecuteAsync(new RespCommand(Verbs.Unlink, key), Replies.Boolean, cancellationToken);

    /// <summary>EXISTS in pieces: how many of the keys are there; one that is named twice counts twice.</summary>
    /// <param name="client">The client.</param>
    /// <param name="keys">The keys; may be empty.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="RespException">See the types derived from it.</exception>
    public static async ValueTask<long> ExistsAsync(this RespClient client, ReadOnlyMemory<RespArgument> keys, CancellationToken cancellationToken = default)
    {
        var there = 0L;
        foreach (var (_, chunk) in Chunks.Send(client, keys, 1, part => client.ExecuteAsync(new RespCommand(Verbs.Exists, part), Replies.Whole, cancellationToken)))
        {
            there += await chunk.ConfigureAwait(false);
        }

        return there;
    }

    /// <summary>True when the key is there.</summary>
    /// <param name="client">The client.</param>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public static ValueTask<bool> ExistsAsync(this RespClient client, RespArgument key, CancellationToken cancellationToken = default) =>
        client.ExecuteAsync(new RespCommand(Verbs.Exists, key), Replies.Boolean, cancellationToken);

    /// <summary>The type of the value, such as string; "none" when there is none.</summary>
    /// <param name="client">The client.</param>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public static ValueTask<string?> GetTypeAsync(this RespClient client, RespArgument key, CancellationToken cancellationToken = default) =>
        client.ExecuteAsync(new RespCommand(Verbs.Type, key), Replies.Text, cancellationToken);

    /// <summary>Lets a key live so long from now (PEXPIRE); false when it is not there.</summary>
    /// <param name="client">The client.</param>
    /// <param name="key">The key.</param>
    /// <param name="expiry">More than zero, rounded up to a millisecond.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public static ValueTask<bool> ExpireAsync(this RespClient client, RespArgument key, TimeSpan expiry, CancellationToken cancellationToken = default) =>
        client.ExecuteAsync(new RespCommand(Verbs.PExpire, key, Durations.Milliseconds(expiry, nameof(expiry))), Replies.Boolean, cancellationToken);

    /// <summary>Lets a key live so long from now (PEXPIRE) under a condition; false when it is not there or the condition does not hold. Needs Redis 7.</summary>
    /// <param name="client">The client.</param>
    /// <param name="key">The key.</param>
    /// <param name="expiry">More than zero, rounded up to a millisecond.</param>
    /// <param name="when">The condition.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public static ValueTask<bool> ExpireAsync(this RespClient client, RespArgument key, TimeSpan expiry, RespExpireWhen when, CancellationToken cancellationToken = default) =>
        client.ExecuteAsync(new RespCommand(Verbs.PExpire, key, Durations.Milliseconds(expiry, nameof(expiry)), Word(when)), Replies.Boolean, cancellationToken);

    /// <summary>Lets a key live until then (PEXPIREAT) under a condition; false when it is not there or the condition does not hold. Needs Redis 7.</summary>
    /// <param name="client">The client.</param>
    /// <param name="key">The key.</param>
    /// <param name="end">By the server's clock; what is past removes the key.</param>
    /// <param name="when">The condition.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public static ValueTask<bool> ExpireAtAsync(this RespClient client, RespArgument key, DateTimeOffset end, RespExpireWhen when, CancellationToken cancellationToken = default) =>
        client.ExecuteAsync(new RespCommand(Verbs.PExpireAt, key, end.ToUnixTimeMilliseconds(), Word(when)), Replies.Boolean, cancellationToken);

    /// <summary>
    /// Until when a key lives by the server's clock (PEXPIRETIME); null when it is not there, <see cref="DateTimeOffset.MaxValue"/> when it lives for ever. Needs Redis 7.
    /// </summary>
    /// <param name="client">The client.</param>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public static ValueTask<DateTimeOffset?> GetExpiryAsync(this RespClient client, RespArgument key, CancellationToken cancellationToken = default) =>
        client.ExecuteAsync(new RespCommand(Verbs.PExpireTime, key), ExpiryReply.Instance, cancellationToken);

    /// <summary>Lets a key live until then (PEXPIREAT); false when it is not there.</summary>
    /// <param name="client">The client.</param>
    /// <param name="key">The key.</param>
    /// <param name="end">By the server's clock; what is past removes the key.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public static ValueTask<bool> ExpireAtAsync(this RespClient client, RespArgument key, DateTimeOffset end, CancellationToken cancellationToken = default) =>
        client.ExecuteAsync(new RespCommand(Verbs.PExpireAt, key, end.ToUnixTimeMilliseconds()), Replies.Boolean, cancellationToken);

    /// <summary>Lets a key live for ever; false when it is not there or does so already.</summary>
    /// <param name="client">The client.</param>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public static ValueTask<bool> PersistAsync(this RespClient client, RespArgument key, CancellationToken cancellationToken = default) =>
        client.ExecuteAsync(new RespCommand(Verbs.Persist, key), Replies.Boolean, cancellationToken);

    /// <summary>How long a key still lives (PTTL); null when it is not there, <see cref="Timeout.InfiniteTimeSpan"/> when it lives for ever.</summary>
    /// <param name="client">The client.</param>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public static ValueTask<TimeSpan?> GetTimeToLiveAsync(this RespClient client, RespArgument key, CancellationToken cancellationToken = default) =>
        client.ExecuteAsync(new RespCommand(Verbs.PTtl, key), TimeToLiveReply.Instance, cancellationToken);

    /// <summary>
    /// All keys, or those of a pattern, a page at a time while the caller goes through them; in a cluster one primary after another. Keys that are there all the time are found;
    /// some may come twice.
    /// </summary>
    /// <exception cref="RespException">
    /// See the types derived from it. When the connection is lost the enumeration fails, because the rest of it means something only to the server that began it; begin again.
    /// </exception>
    /// <param name="client">The client.</param>
    /// <param name="pattern">A glob such as user:*; null, the default: all.</param>
    /// <param name="type">Such as string or hash; null, the default: all.</param>
    /// <param name="count">How many keys the server looks at for a page; the default is 250.</param>
    /// <param name="cancellationToken">Ends the enumeration.</param>
    public static async IAsyncEnumerable<byte[]> ScanAsync(
        this RespClient client, string? pattern = null, string? type = null, int count = DefaultScanCount, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        ArgumentNullException.ThrowIfNull(client);
        foreach (var node in client.Routing.Primaries)
        {
            var epoch = client.Routing.UsesSlots ? node.Epoch : 0;
            if (client.Routing.UsesSlots && epoch == 0)
            {
                throw new RespConnectionException($"SCAN was not sent: there is no connection to {node.EndPoint}.");
            }

            await foreach (var key in ScanOneAsync(client, epoch, pattern, type, count, cancellationToken).ConfigureAwait(false))
            {
                yield return key;
            }
        }
    }

    private static async IAsyncEnumerable<byte[]> ScanOneAsync(
        RespClient client, long epoch, string? pattern, string? type, int count, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var cursor = "0";
        do
        {
            var arguments = new List<RespArgument> { cursor, "COUNT", count };
            if (pattern is not null)
            {
                arguments.AddRange(["MATCH", pattern]);
            }

            if (type is not null)
            {
                arguments.AddRange(["TYPE", type]);
            }

            // A cursor means something only to the server that it came from, and not after a restart of that.
            (epoch, var page) = await client.ExecuteAsync(new RespCommand(Verbs.Scan, arguments.ToArray()) { Epoch = epoch }, PageReply.Instance, cancellationToken).ConfigureAwait(false);
            cursor = page.Items.Count == 2 ? page.Items[0].AsString()! : throw new RespReplyException("The reply to SCAN is not a cursor and a page.");
            foreach (var key in page.Items[1].Items)
            {
                yield return key.AsBytes()!;
            }
        }
        while (cursor != "0");
    }

    private static string Word(RespExpireWhen when) => when switch
    {
        RespExpireWhen.HasNone => "NX",
        RespExpireWhen.HasOne => "XX",
        RespExpireWhen.Later => "GT",
        RespExpireWhen.Earlier => "LT",
        _ => throw new ArgumentOutOfRangeException(nameof(when), when, "There is no such condition."),
    };

    private sealed class ExpiryReply : IRespDecoder<DateTimeOffset?>
    {
        internal static readonly ExpiryReply Instance = new();

        public DateTimeOffset? Decode(ref RespReader reply) => reply.GetInt64() switch
        {
            -2 => null,
            -1 => DateTimeOffset.MaxValue,
            var milliseconds => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds),
        };
    }

    private sealed class PageReply : IRespDecoder<(long Epoch, RespValue Page)>
    {
        internal static readonly PageReply Instance = new();

        public (long Epoch, RespValue Page) Decode(ref RespReader reply) => (reply.Epoch, reply.GetValue());
    }

    private sealed class TimeToLiveReply : IRespDecoder<TimeSpan?>
    {
        internal static readonly TimeToLiveReply Instance = new();

        public TimeSpan? Decode(ref RespReader reply) => reply.GetInt64() switch
        {
            -2 => null,
            -1 => Timeout.InfiniteTimeSpan,
            var milliseconds => TimeSpan.FromMilliseconds(milliseconds),
        };
    }
}
