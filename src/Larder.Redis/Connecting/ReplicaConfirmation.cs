using System.Globalization;
using Larder.Resp;

namespace Larder.Redis.Connecting;

/// <summary>
/// Waits until replicas have what a connection has written. WAIT blocks the connection that it is sent on, so it has one of its own; and because that one may lead to another server while a failover is under
/// way, the writer leaves a mark behind its write first, and only a server that has the mark is asked.
/// </summary>
internal sealed class ReplicaConfirmation(RedisHub hub, int replicas, TimeSpan timeout) : IAsyncDisposable
{
    private static readonly TimeSpan MarkLifetime = TimeSpan.FromMinutes(1);

    // Taking the mark away is the write that WAIT then waits for.
    private static readonly byte[] TakeMark =
        "if redis.call('GET',KEYS[1])==ARGV[1]then return redis.call('UNLINK',KEYS[1])end return 0"u8.ToArray();

    private readonly SemaphoreSlim _connecting = new(1, 1);
    private RespClient? _client;
    private bool _isDisposed;

    /// <summary>True when as many replicas have everything that was written on that connection before; false when it is not certain.</summary>
    internal async ValueTask<bool> IsConfirmedAsync(long epoch, string marks, CancellationToken cancellationToken)
    {
        if (hub.Client is not { } writer || epoch == 0)
        {
            return false;
        }

        try
        {
            var client = await ConnectAsync(cancellationToken).ConfigureAwait(false);
            var token = FenceToken.Create().ToString();
            var name = marks + token;
            var leave = new RespCommand("SET", name, token, "PX", (long)MarkLifetime.TotalMilliseconds) { Epoch = epoch, Flags = RespFlags.NeverResend };
            await writer.ExecuteAsync(leave, cancellationToken).ConfigureAwait(false);
            var answers = await client.ExecuteGroupAsync(
                new RespGroup
                {
                    new RespCommand("EVAL", TakeMark, 1, name, token) { Flags = RespFlags.NeverResend },
                    new RespCommand("WAIT", replicas, (long)timeout.TotalMilliseconds) { Flags = RespFlags.NeverResend },
                },
                cancellationToken).ConfigureAwait(false);
            return answers is [{ IsError: false } taken, { IsError: false } confirmed] && taken.AsInt64() == 1 && confirmed.AsInt64() >= replicas;
        }
        catch (RespException)
        {
            return false;
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
    }

    /// <summary>The exception that says so.</summary>
    internal TierUnavailableException NotConfirmed(string done) => new(string.Create(
        CultureInfo.InvariantCulture,
        $"{done}, but it is not certain that {replicas} replicas (WaitReplicas) have it: they did not confirm it within {timeout} (ReplicaTimeout), or the connection was lost. Look at the replicas, or ask for fewer."));

    public async ValueTask DisposeAsync()
    {
        await _connecting.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        _isDisposed = true;
        _connecting.Release();
        if (_client is not null)
        {
            await _client.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async ValueTask<RespClient> ConnectAsync(CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _client) is { } present)
        {
            return present;
        }

        await _connecting.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);

            // A reply takes as long as the replicas do.
            var options = hub.Options with { CommandTimeout = hub.Options.CommandTimeout + timeout };
            return _client ??= await RespClient.ConnectAsync(options, handler: null, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _connecting.Release();
        }
    }
}
