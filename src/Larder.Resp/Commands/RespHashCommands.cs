using Larder.Resp.Commands;
using Larder.Resp.Reading;

namespace Larder.Resp;

/// <summary>Commands for hashes. What they throw is said at <see cref="RespException"/> and the types derived from it.</summary>
public static class RespHashCommands
{
    /// <summary>The value of a field; null when there is none.</summary>
    /// <param name="client">The client.</param>
    /// <param name="key">The key.</param>
    /// <param name="field">The field.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public static ValueTask<byte[]?> HashGetAsync(this RespClient client, RespArgument key, RespArgument field, CancellationToken cancellationToken = default) =>
        client.ExecuteAsync(new RespCommand(Verbs.HGet, key, field), Replies.Bytes, cancellationToken);

    /// <summary>The values of fields, in their order; null for each that is not there.</summary>
    /// <param name="client">The client.</param>
    /// <param name="key">The key.</param>
    /// <param name="fields">The fields; at least one.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public static ValueTask<byte[]?[]> HashGetManyAsync(this RespClient client, RespArgument key, ReadOnlySpan<RespArgument> fields, CancellationToken cancellationToken = default) =>
        client.ExecuteAsync(new RespCommand(Verbs.HMGet, (RespArgument[])[key, .. fields]), Replies.ManyBytes, cancellationToken);

    /// <summary>All fields and values, in turn; empty when there is no hash.</summary>
    /// <param name="client">The client.</param>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public static ValueTask<byte[]?[]> HashGetAllAsync(this RespClient client, RespArgument key, CancellationToken cancellationToken = default) =>
        client.ExecuteAsync(new RespCommand(Verbs.HGetAll, key), Replies.ManyBytes, cancellationToken);

    /// <summary>Sets fields; gives how many are new.</summary>
    /// <param name="client">The client.</param>
    /// <param name="key">The key.</param>
    /// <param name="fieldsAndValues">Fields and values in turn; at least one of each.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public static ValueTask<long> HashSetAsync(this RespClient client, RespArgument key, ReadOnlySpan<RespArgument> fieldsAndValues, CancellationToken cancellationToken = default) =>
        client.ExecuteAsync(new RespCommand(Verbs.HSet, (RespArgument[])[key, .. fieldsAndValues]), Replies.Whole, cancellationToken);

    /// <summary>Removes fields; gives how many were there.</summary>
    /// <param name="client">The client.</param>
    /// <param name="key">The key.</param>
    /// <param name="fields">The fields; at least one.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public static ValueTask<long> HashDeleteAsync(this RespClient client, RespArgument key, ReadOnlySpan<RespArgument> fields, CancellationToken cancellationToken = default) =>
        client.ExecuteAsync(new RespCommand(Verbs.HDel, (RespArgument[])[key, .. fields]), Replies.Whole, cancellationToken);

    /// <summary>True when the field is there.</summary>
    /// <param name="client">The client.</param>
    /// <param name="key">The key.</param>
    /// <param name="field">The field.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public static ValueTask<bool> HashExistsAsync(this RespClient client, RespArgument key, RespArgument field, CancellationToken cancellationToken = default) =>
        client.ExecuteAsync(new RespCommand(Verbs.HExists, key, field), Replies.Boolean, cancellationToken);

    /// <summary>How many fields there are.</summary>
    /// <param name="client">The client.</param>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public static ValueTask<long> HashLengthAsync(this RespClient client, RespArgument key, CancellationToken cancellationToken = default) =>
        client.ExecuteAsync(new RespCommand(Verbs.HLen, key), Replies.Whole, cancellationToken);

    /// <summary>Adds to the whole number in a field, which is 0 where there is none, and gives the sum. Never repeated.</summary>
    /// <param name="client">The client.</param>
    /// <param name="key">The key.</param>
    /// <param name="field">The field.</param>
    /// <param name="by">What to add; the default is 1.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public static ValueTask<long> HashIncrementAsync(this RespClient client, RespArgument key, RespArgument field, long by = 1, CancellationToken cancellationToken = default) =>
        client.ExecuteAsync(new RespCommand(Verbs.HIncrBy, key, field, by), Replies.Whole, cancellationToken);
}
