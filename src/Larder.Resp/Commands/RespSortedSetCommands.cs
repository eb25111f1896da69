using Larder.Resp.Commands;
using Larder.Resp.Reading;

namespace Larder.Resp;

/// <summary>Commands for sorted sets. What they throw is said at <see cref="RespException"/> and the types derived from it.</summary>
public static class RespSortedSetCommands
{
    /// <summary>Adds a member, or gives it another score; true when it is new.</summary>
    /// <param name="client">The client.</param>
    /// <param name="key">The key.</param>
    /// <param name="score">The score.</param>
    /// <param name="member">The member.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public static ValueTask<bool> SortedSetAddAsync(this RespClient client, RespArgument key, double score, RespArgument member, CancellationToken cancellationToken = default) =>
        client.ExecuteAsync(new RespCommand(Verbs.ZAdd, key, score, member), Replies.Boolean, cancellationToken);

    /// <summary>Removes members; gives how many were there.</summary>
    /// <param name="client">The client.</param>
    /// <param name="key">The key.</param>
    /// <param name="members">The members; at least one.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public static ValueTask<long> SortedSetRemoveAsync(this RespClient client, RespArgument key, ReadOnlySpan<RespArgument> members, CancellationToken cancellationToken = default) =>
        client.ExecuteAsync(new RespCommand(Verbs.ZRem, (RespArgument[])[key, .. members]), Replies.Whole, cancellationToken);

    /// <summary>The score of a member; null when it is not there.</summary>
    /// <param name="client">The client.</param>
    /// <param name="key">The key.</param>
    /// <param name="member">The member.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public static ValueTask<double?> SortedSetScoreAsync(this RespClient client, RespArgument key, RespArgument member, CancellationToken cancellationToken = default) =>
        client.ExecuteAsync(new RespCommand(Verbs.ZScore, key, member), Replies.NumberOrNull, cancellationToken);

    /// <summary>How many members have a lower score; null when the member is not there.</summary>
    /// <param name="client">The client.</param>
    /// <param name="key">The key.</param>
    /// <param name="member">The member.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public static ValueTask<long?> SortedSetRankAsync(this RespClient client, RespArgument key, RespArgument member, CancellationToken cancellationToken = default) =>
        client.ExecuteAsync(new RespCommand(Verbs.ZRank, key, member), Replies.WholeOrNull, cancellationToken);

    /// <summary>How many members there are.</summary>
    /// <param name="client">The client.</param>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public static ValueTask<long> SortedSetLengthAsync(this RespClient client, RespArgument key, CancellationToken cancellationToken = default) =>
        client.ExecuteAsync(new RespCommand(Verbs.ZCard, key), Replies.Whole, cancellationToken);

    /// <summary>Adds to the score of a member, which is 0 where there is none, and gives the sum. Never repeated.</summary>
    /// <param name="client">The client.</param>
    /// <param name="key">The key.</param>
    /// <param name="by">What to add.</param>
    /// <param name="member">The member.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public static ValueTask<double?> SortedSetIncrementAsync(this RespClient client, RespArgument key, double by, RespArgument member, CancellationToken cancellationToken = default) =>
        client.ExecuteAsync(new RespCommand(Verbs.ZIncrBy, key, by, member), Replies.NumberOrNull, cancellationToken);

    /// <summary>The members by their rank.</summary>
    /// <param name="client">The client.</param>
    /// <param name="key">The key.</param>
    /// <param name="start">The first rank; from the end when negative.</param>
    /// <param name="end">The last rank, inclusive; from the end when negative.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public static ValueTask<byte[]?[]> SortedSetRangeAsync(this RespClient client, RespArgument key, long start = 0, long end = -1, CancellationToken cancellationToken = default) =>
        client.ExecuteAsync(new RespCommand(Verbs.ZRange, key, start, end), Replies.ManyBytes, cancellationToken);

    /// <summary>The members whose scores lie between two, both included.</summary>
    /// <param name="client">The client.</param>
    /// <param name="key">The key.</param>
    /// <param name="low">The lowest score.</param>
    /// <param name="high">The highest score.</param>
    /// <param name="most">How many members at most; null, the default: all.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public static ValueTask<byte[]?[]> SortedSetRangeByScoreAsync(
        this RespClient client, RespArgument key, double low, double high, long? most = null, CancellationToken cancellationToken = default) =>
        client.ExecuteAsync(
            most is { } limit
                ? new RespCommand(Verbs.ZRangeByScore, (RespArgument[])[key, low, high, "LIMIT", 0, limit])
                : new RespCommand(Verbs.ZRangeByScore, key, low, high),
            Replies.ManyBytes,
            cancellationToken);

    /// <summary>Removes the members whose scores lie between two, both included; gives how many there were.</summary>
    /// <param name="client">The client.</param>
    /// <param name="key">The key.</param>
    /// <param name="low">The lowest score.</param>
    /// <param name="high">The highest score.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public static ValueTask<long> SortedSetRemoveByScoreAsync(this RespClient client, RespArgument key, double low, double high, CancellationToken cancellationToken = default) =>
        client.ExecuteAsync(new RespCommand(Verbs.ZRemRangeByScore, key, low, high), Replies.Whole, cancellationToken);
}
