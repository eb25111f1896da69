using Larder.Resp.Commands;
using Larder.Resp.Reading;

namespace Larder.Resp;

/// <summary>
/// Commands for strings. Keys and values are texts (sent as UTF-8), bytes or numbers. What they throw is said at
/// <see cref="RespException"/> and the types derived from it.
/// </summary>
public static class RespStringCommands
{
    /// <summary>How many keys one MGET, MSET or UNLINK has; longer lists are split, and sent in one piece.</summary>
    public const int ChunkLength = 256;

    private const int MostSetArguments = 6;

    /// <summary>The value; null when there is none.</summary>
    /// <param name="client">The client.</param>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public static ValueTask<byte[]?> GetAsync(this RespClient client, RespArgument key, CancellationToken cancellationToken = default) =>
        client.ExecuteAsync(new RespCommand(Verbs.Get, key), Replies.Bytes, cancellationToken);

    /// <summary>The value as text in UTF-8; null when there is none.</summary>
    /// <param name="client">The client.</param>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public static ValueTask<string?> GetStringAsync(this RespClient client, RespArgument key, CancellationToken cancellationToken = default) =>
        client.ExecuteAsync(new RespCommand(Verbs.Get, key), Replies.Text, cancellationToken);

    /// <summary>The value in a borrowed array, to be disposed of; null when there is none.</summary>
    /// <param name="client">The client.</param>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public static ValueTask<RespLease?> GetLeaseAsync(this RespClient client, RespArgument key, CancellationToken cancellationToken = default) =>
        client.ExecuteAsync(new RespCommand(Verbs.Get, key), Replies.Lease, cancellationToken);

    /// <summary>What the decoder makes of the value, without a copy in between.</summary>
    /// <typeparam name="T">What the decoder makes.</typeparam>
    /// <param name="client">The client.</param>
    /// <param name="key">The key.</param>
    /// <param name="decoder">Runs on the reader of the connection; see <see cref="IRespDecoder{T}"/>.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public static ValueTask<T> GetAsync<T>(this RespClient client, RespArgument key, IRespDecoder<T> decoder, CancellationToken cancellationToken = default) =>
        client.ExecuteAsync(new RespCommand(Verbs.Get, key), decoder, cancellationToken);

    /// <summary>The value; and gives the key a new life time.</summary>
    /// <param name="client">The client.</param>
    /// <param name="key">The key.</param>
    /// <param name="expiry">How long the key lives from now, more than zero; null: for ever (PERSIST).</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public static ValueTask<byte[]?> GetAndExpireAsync(this RespClient client, RespArgument key, TimeSpan? expiry, CancellationToken cancellationToken = default) =>
        expiry is { } time
            ? client.ExecuteAsync(new RespCommand(Verbs.GetEx, key, "PX", Durations.Milliseconds(time, nameof(expiry))), Replies.Bytes, cancellationToken)
            : client.ExecuteAsync(new RespCommand(Verbs.GetEx, key, "PERSIST"), Replies.Bytes, cancellationToken);

    /// <summary>The value; and removes the key.</summary>
    /// <param name="client">The client.</param>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public static ValueTask<byte[]?> GetAndDeleteAsync(this RespClient client, RespArgument key, CancellationToken cancellationToken = default) =>
        client.ExecuteAsync(new RespCommand(Verbs.GetDel, key), Replies.Bytes, cancellationToken);

    /// <summary>A part of the value; empty when there is none.</summary>
    /// <param name="client">The client.</param>
    /// <param name="key">The key.</param>
    /// <param name="start">The first byte; from the end when negative.</param>
    /// <param name="end">The last byte, inclusive; from the end when negative.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public static ValueTask<byte[]?> GetRangeAsync(this RespClient client, RespArgument key, long start, long end, CancellationToken cancellationToken = default) =>
        client.ExecuteAsync(new RespCommand(Verbs.GetRange, key, start, end), Replies.Bytes, cancellationToken);

    /// <summary>How many bytes the value has; 0 when there is none.</summary>
    /// <param name="client">The client.</param>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public static ValueTask<long> GetLengthAsync(this RespClient client, RespArgument key, CancellationToken cancellationToken = default) =>
        client.ExecuteAsync(new RespCommand(Verbs.StrLen, key), Replies.Whole, cancellationToken);

    /// <summary>Stores a value. False when the condition of the options did not hold.</summary>
    /// <param name="client">The client.</param>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    /// <param name="options">When to store, and for how long; null, the default: in any case and for ever.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public static ValueTask<bool> SetAsync(this RespClient client, RespArgument key, RespArgument value, RespSetOptions? options = null, CancellationToken cancellationToken = default) =>
        client.ExecuteAsync(SetCommand(key, value, options, gets: false), Replies.IsOk, cancellationToken);

    /// <summary>Stores a value, and gives the one that was there before; null when there was none, whatever became of the condition.</summary>
    /// <param name="client">The client.</param>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    /// <param name="options">When to store, and for how long; null, the default: in any case and for ever.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public static ValueTask<byte[]?> SetAndGetAsync(this RespClient client, RespArgument key, RespArgument value, RespSetOptions? options = null, CancellationToken cancellationToken = default) =>
        client.ExecuteAsync(SetCommand(key, value, options, gets: true), Replies.Bytes, cancellationToken);

    /// <summary>The values, in the order of the keys; null for each that is not there. Long lists are split.</summary>
    /// <param name="client">The client.</param>
    /// <param name="keys">The keys; none gives an empty array.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public static ValueTask<byte[]?[]> GetManyAsync(this RespClient client, ReadOnlyMemory<RespArgument> keys, CancellationToken cancellationToken = default) => keys.Length switch
    {
        0 => new ValueTask<byte[]?[]>([]),
        <= ChunkLength when !client.Routing.UsesSlots => client.ExecuteAsync(new RespCommand(Verbs.MGet, keys), Replies.ManyBytes, cancellationToken),
        _ => GetChunksAsync(client, keys, cancellationToken),
    };

    /// <summary>Stores values. Long lists are split, and then are not stored in one step.</summary>
    /// <param name="client">The client.</param>
    /// <param name="keysAndValues">Keys and values in turn; none does nothing.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public static async ValueTask SetManyAsync(this RespClient client, ReadOnlyMemory<RespArgument> keysAndValues, CancellationToken cancellationToken = default)
    {
        if (keysAndValues.Length % 2 != 0)
        {
            throw new ArgumentException("Keys and values stand in turn, so their number is even.", nameof(keysAndValues));
        }

        foreach (var (_, chunk) in Chunks.Send(client, keysAndValues, 2, part => client.ExecuteAsync(new RespCommand(Verbs.MSet, part), Replies.IsOk, cancellationToken)))
        {
            await chunk.ConfigureAwait(false);
        }
    }

    /// <summary>Adds to a whole number, which is 0 where there is none, and gives the sum. Never repeated.</summary>
    /// <param name="client">The client.</param>
    /// <param name="key">The key.</param>
    /// <param name="by">What to add; the default is 1.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public static ValueTask<long> IncrementAsync(this RespClient client, RespArgument key, long by = 1, CancellationToken cancellationToken = default) =>
        client.ExecuteAsync(new RespCommand(Verbs.IncrBy, key, by), Replies.Whole, cancellationToken);

    /// <summary>Adds to a floating-point number, which is 0 where there is none, and gives the sum. Never repeated.</summary>
    /// <param name="client">The client.</param>
    /// <param name="key">The key.</param>
    /// <param name="by">What to add.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public static ValueTask<double?> IncrementAsync(this RespClient client, RespArgument key, double by, CancellationToken cancellationToken = default) =>
        client.ExecuteAsync(new RespCommand(Verbs.IncrByFloat, key, by), Replies.NumberOrNull, cancellationToken);

    private static RespCommand SetCommand(RespArgument key, RespArgument value, RespSetOptions? options, bool gets)
    {
        if (options is null && !gets)
        {
            return new RespCommand(Verbs.Set, key, value);
        }

        var arguments = new RespArgument[MostSetArguments];
        arguments[0] = key;
        arguments[1] = value;
        var count = 2 + (options?.Write(arguments.AsSpan(2)) ?? 0);
        if (gets)
        {
            arguments[count++] = "GET";
        }

        return new RespCommand(Verbs.Set, arguments.AsMemory(0, count));
    }

    private static async ValueTask<byte[]?[]> GetChunksAsync(RespClient client, ReadOnlyMemory<RespArgument> keys, CancellationToken cancellationToken)
    {
        var values = new byte[]?[keys.Length];
        foreach (var (part, chunk) in Chunks.Send(client, keys, 1, part => client.ExecuteAsync(new RespCommand(Verbs.MGet, part), Replies.ManyBytes, cancellationToken)))
        {
            var found = await chunk.ConfigureAwait(false);
            for (var i = 0; i < found.Length; i++)
            {
                values[part.PlaceOf(i)] = found[i];
            }
        }

        return values;
    }
}
