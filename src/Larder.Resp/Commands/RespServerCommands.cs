using Larder.Resp.Commands;
using Larder.Resp.Reading;

namespace Larder.Resp;

/// <summary>Commands that speak to the server itself. What they throw is said at <see cref="RespException"/> and the types derived from it.</summary>
public static class RespServerCommands
{
    /// <summary>Asks for a sign of life, and gives how long it took by the client's clock.</summary>
    /// <param name="client">The client.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public static async ValueTask<TimeSpan> PingAsync(this RespClient client, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(client);
        var start = client.Options.TimeProvider.GetTimestamp();
        await client.ExecuteAsync(new RespCommand(Verbs.Ping), cancellationToken).ConfigureAwait(false);
        return client.Options.TimeProvider.GetElapsedTime(start);
    }

    /// <summary>What the server says of itself, as lines of name:value.</summary>
    /// <param name="client">The client.</param>
    /// <param name="section">Such as memory; null, the default: the usual ones.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public static ValueTask<string?> GetInfoAsync(this RespClient client, string? section = null, CancellationToken cancellationToken = default) =>
        client.ExecuteAsync(section is null ? new RespCommand(Verbs.Info) : new RespCommand(Verbs.Info, section), Replies.Text, cancellationToken);

    /// <summary>Waits until what this connection has written has reached replicas; gives how many it has reached.</summary>
    /// <param name="client">The client.</param>
    /// <param name="replicas">How many replicas to wait for.</param>
    /// <param name="timeout">How long the server waits at most, more than zero. It holds up everything behind it on this connection.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public static ValueTask<long> WaitForReplicasAsync(this RespClient client, int replicas, TimeSpan timeout, CancellationToken cancellationToken = default) =>
        client.ExecuteAsync(
            new RespCommand(Verbs.Wait, replicas, Durations.Milliseconds(timeout, nameof(timeout))) { Timeout = client.Options.CommandTimeout + timeout },
            Replies.Whole,
            cancellationToken);

    /// <summary>Publishes a message; gives how many connections of this server have got it. Repeated at a disconnect, so it may come twice.</summary>
    /// <param name="client">The client.</param>
    /// <param name="channel">The channel.</param>
    /// <param name="message">The message.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public static ValueTask<long> PublishAsync(this RespClient client, RespArgument channel, RespArgument message, CancellationToken cancellationToken = default) =>
        client.ExecuteAsync(new RespCommand(Verbs.Publish, channel, message), Replies.Whole, cancellationToken);

    /// <summary>Publishes a message on a sharded channel; gives how many connections have got it. Repeated at a disconnect, so it may come twice.</summary>
    /// <param name="client">The client.</param>
    /// <param name="channel">The channel.</param>
    /// <param name="message">The message.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public static ValueTask<long> PublishToShardAsync(this RespClient client, RespArgument channel, RespArgument message, CancellationToken cancellationToken = default) =>
        client.ExecuteAsync(new RespCommand(Verbs.SPublish, channel, message), Replies.Whole, cancellationToken);

    /// <summary>The number that the server gave the connection.</summary>
    /// <param name="client">The client.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public static ValueTask<long> GetClientIdAsync(this RespClient client, CancellationToken cancellationToken = default) =>
        client.ExecuteAsync(new RespCommand(Verbs.ClientId), Replies.Whole, cancellationToken);

    /// <summary>What the server knows of the connection, as one line.</summary>
    /// <param name="client">The client.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public static ValueTask<string?> GetClientInfoAsync(this RespClient client, CancellationToken cancellationToken = default) =>
        client.ExecuteAsync(new RespCommand(Verbs.ClientInfo), Replies.Text, cancellationToken);

    /// <summary>
    /// Turns tracking in OPTIN mode on or off for the present connection only; one that is made later begins as
    /// <see cref="RespClient.ConnectAsync(RespOptions, IRespStreamHandler?, CancellationToken)"/> says. Never sent again.
    /// </summary>
    /// <param name="client">The client.</param>
    /// <param name="isOn">On or off.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public static ValueTask<bool> SetTrackingAsync(this RespClient client, bool isOn, CancellationToken cancellationToken = default) =>
        client.ExecuteAsync(
            (isOn ? new RespCommand(Verbs.ClientTracking, "ON", "OPTIN") : new RespCommand(Verbs.ClientTracking, "OFF")) with { Flags = RespFlags.NeverResend },
            Replies.IsOk,
            cancellationToken);

    /// <summary>A CLUSTER command as it is.</summary>
    /// <param name="client">The client.</param>
    /// <param name="subcommand">Such as SLOTS.</param>
    /// <param name="arguments">What follows; may be empty.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public static ValueTask<RespValue> ClusterAsync(this RespClient client, string subcommand, ReadOnlySpan<RespArgument> arguments = default, CancellationToken cancellationToken = default) =>
        client.ExecuteAsync(new RespCommand($"CLUSTER {subcommand}", arguments), cancellationToken);
}
