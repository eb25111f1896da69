using Larder.Redis.Scheduling;
using Larder.Resp;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Larder.Redis.Connecting;

/// <summary>
/// The one client of all caches that use the same Redis: made when the first of them starts, closed when the last one ends. It hands each announcement to the cache that its name belongs to.
/// </summary>
/// <remarks>
/// A connection is opened for a cache on the reader of that connection, and from then on the cache hears of everything in the order of the stream. The lock guards who is a member and who has been told of
/// which connection; members are told outside of it.
/// </remarks>
internal sealed class RedisHub : IRespStreamHandler, IPosting, IClientSource
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(10);

    private readonly object _joining = new();
    private readonly RespOptions _options;
    private readonly Pauses _pauses;
    private readonly ILogger _logger;
    private Membership[] _members = [];
    private Session? _session;
    private long _epoch;

    /// <param name="options">How to connect; what becomes of a first attempt that fails, and of commands without a connection, is decided here.</param>
    /// <param name="isTracking">Whether the server is to announce changes.</param>
    internal RedisHub(RespOptions options, bool isTracking = true)
    {
        IsTracking = isTracking;
        _options = options with
        {
            AbortOnConnectFailure = false,
            ConnectRetry = 0,
            BacklogPolicy = RespBacklogPolicy.Queue,
            LoggerFactory = QuietLoggers.Around(options.LoggerFactory),
        };
        _pauses = new Pauses(options.TimeProvider);
        _logger = _options.LoggerFactory?.CreateLogger(HubLog.Category) ?? NullLogger.Instance;
    }

    /// <summary>Why there is no connection that caches may use, as far as is known; null when there is one, or when nobody asks for one.</summary>
    public string? Obstacle => Epoch == 0 ? Volatile.Read(ref _session)?.Why() : null;

    /// <summary>Whether the server announces changes, in the order of the stream.</summary>
    internal bool IsTracking { get; }

    /// <summary>How the client connects.</summary>
    internal RespOptions Options => _options;

    /// <summary>The client; null until it is made. Commands of caches go through <see cref="Post"/>.</summary>
    internal RespClient? Client => Volatile.Read(ref _session)?.Client;

    /// <inheritdoc/>
    public async ValueTask<(RespClient Client, long Epoch)> ClientAsync(CancellationToken cancellationToken)
    {
        for (var left = _options.CommandTimeout; ; left -= FirstPause)
        {
            var session = Volatile.Read(ref _session);
            if (session?.Client is { } client && Epoch is var epoch and not 0)
            {
                return (client, epoch);
            }

            // What could not be connected to, or can not be used, is not waited for: it says why, and is tried again by itself.
            if (session is not { Obstacle: null } || left <= TimeSpan.Zero)
            {
                throw new RespConnectionException($"There is no connection to Redis. {session?.Why()}".TrimEnd());
            }

            await _pauses.DelayAsync(FirstPause, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The connection that is open for caches; 0 when there is none.</summary>
    internal long Epoch => Volatile.Read(ref _epoch);

    /// <summary>Lets a cache share the connection. It is told when there is one.</summary>
    internal void Join(IHubMember member)
    {
        Session session;
        var isFirst = false;
        lock (_joining)
        {
            _members = [.. _members, new Membership(member)];
            isFirst = _session is null;
            session = _session ??= new Session();
        }

        if (isFirst)
        {
            Pauses.Start(() => ConnectAsync(session));
        }
        else if (Epoch is var epoch and not 0)
        {
            // Somebody else has the connection already: it is opened for the new one on its reader, too.
            Post(new RespCommand("PING") { Epoch = epoch, Flags = RespFlags.NeverResend }, new Latecomer(this, epoch => Open(session, epoch)), isTracked: false);
        }
    }

    /// <summary>Ends the membership. When nobody is left the client is closed.</summary>
    internal async ValueTask LeaveAsync(IHubMember member)
    {
        Session? ended = null;
        lock (_joining)
        {
            _members = Array.FindAll(_members, other => other.Member != member);
            if (_members.Length == 0)
            {
                (ended, _session) = (_session, null);
                Volatile.Write(ref _epoch, 0);
            }
        }

        if (ended is not null)
        {
            await ended.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public void Post(in RespCommand command, IRespReplyHandler handler, bool isTracked)
    {
        if (Client is { } client)
        {
            client.Post(in command, handler, isTracked);
        }
        else
        {
            handler.OnFailure(new RespConnectionException("There is no connection to Redis."));
        }
    }

    /// <summary>Gives the connection up, for all caches.</summary>
    internal void Drop(long epoch) => Client?.Disconnect(epoch, "A cache has lost its trust in it.");

    /// <inheritdoc/>
    void IRespStreamHandler.OnPush(ref RespReader push)
    {
        if (!push.Span.SequenceEqual("invalidate"u8) || !push.Read())
        {
            return;
        }

        var members = Volatile.Read(ref _members);
        if (push.IsNull)
        {
            foreach (var membership in members)
            {
                membership.Member.EverythingChanged(push.Epoch);
            }

            return;
        }

        for (var left = push.Count; left > 0 && push.Read(); left--)
        {
            foreach (var membership in members)
            {
                var head = membership.Member.Head;
                if (push.Span.StartsWith(head))
                {
                    membership.Member.Changed(push.Span[head.Length..], push.Epoch);
                }
            }
        }
    }

    /// <inheritdoc/>
    void IRespStreamHandler.OnGap(RespGap gap)
    {
        if (gap.IsConnected)
        {
            if (Volatile.Read(ref _session) is { Client: { } client } session)
            {
                Greet(session, client);
            }

            return;
        }

        List<IHubMember> leavers = [];
        lock (_joining)
        {
            if (_epoch == gap.Epoch)
            {
                Volatile.Write(ref _epoch, 0);
            }

            foreach (var membership in _members)
            {
                if (membership.Epoch == gap.Epoch)
                {
                    membership.Epoch = 0;
                    leavers.Add(membership.Member);
                }
            }
        }

        foreach (var member in leavers)
        {
            Tell(member, gap.Epoch, static (member, epoch) => member.Disconnected(epoch));
        }
    }

    /// <summary>
    /// On the reader of the connection: tells all who do not know of it yet. One that fails then may have understood half of it, so the connection is given up, and the next one is opened for everybody.
    /// </summary>
    private void Open(Session session, long epoch)
    {
        List<IHubMember> newcomers = [];
        lock (_joining)
        {
            if (_session != session)
            {
                return;
            }

            Volatile.Write(ref _epoch, epoch);
            foreach (var membership in _members)
            {
                if (membership.Epoch != epoch)
                {
                    membership.Epoch = epoch;
                    newcomers.Add(membership.Member);
                }
            }
        }

        var haveUnderstood = true;
        foreach (var member in newcomers)
        {
            haveUnderstood &= Tell(member, epoch, static (member, epoch) => member.Connected(epoch));
        }

        if (!haveUnderstood)
        {
            session.MustPause = true;
            Drop(epoch);
        }
    }

    /// <summary>Tells a member something; false when it threw, which must not keep the others from being told.</summary>
    private bool Tell(IHubMember member, long epoch, Action<IHubMember, long> news)
    {
        try
        {
            news(member, epoch);
            return true;
        }
        catch (Exception failure)
        {
            HubLog.CacheFailed(_logger, failure);
            return false;
        }
    }

    private async Task ConnectAsync(Session session)
    {
        while (!session.IsOver)
        {
            try
            {
                var client = await RespClient.ConnectAsync(_options, IsTracking ? this : null, session.Ending).ConfigureAwait(false);
                if (!IsTracking)
                {
                    // Before anything is opened on it: what is lost before that nobody misses.
                    client.Gap += (_, gap) => ((IRespStreamHandler)this).OnGap(gap);
                }

                if (!await session.TakeAsync(client).ConfigureAwait(false))
                {
                    return;
                }

                if (!client.IsConnected)
                {
                    // The first attempt has failed. The client has said why, and goes on by itself.
                    EndWaiting();
                }

                Greet(session, client);
                return;
            }
            catch (RespException failure)
            {
                Report(session, failure.Message);
                await session.PauseAsync(_pauses, failure is RespAuthenticationException ? _options.ReconnectMaximum : Pause).ConfigureAwait(false);
            }
            catch (Exception) when (session.IsOver)
            {
                return;
            }
            catch (Exception failure)
            {
                // The application's own code, such as a check of certificates, may throw anything, and may be right the next time.
                Report(session, $"Connecting ended with {failure.GetType().Name}.", failure);
                await session.PauseAsync(_pauses, Pause).ConfigureAwait(false);
            }
        }
    }

    private void Greet(Session session, RespClient client)
    {
        var round = session.NextRound();
        Pauses.Start(() => GreetAsync(session, client, round));
    }

    /// <summary>Asks until the connection is open, or another one has begun its own round.</summary>
    private async Task GreetAsync(Session session, RespClient client, int round)
    {
        var greeting = new Greeting(client, epoch => Open(session, epoch));
        if (session.MustPause)
        {
            session.MustPause = false;
            await session.PauseAsync(_pauses, Pause).ConfigureAwait(false);
        }

        while (!session.IsOver && session.Round == round)
        {
            try
            {
                if (await greeting.RunAsync().ConfigureAwait(false) is not { } obstacle)
                {
                    session.Obstacle = null;
                    return;
                }

                if (obstacle == Greeting.OfCluster && IsTracking && TurnToCluster())
                {
                    return;
                }

                Report(session, obstacle);
            }
            catch (RespServerException refusal)
            {
                Report(session, $"The server refuses commands ({refusal.Code}).{Refusals.Remedy(refusal)}");
            }
            catch (RespException)
            {
                // No connection, or no answer: the client tells of both.
            }
            catch (ObjectDisposedException)
            {
                return;
            }
            catch (Exception wrong)
            {
                Report(session, $"The server could not be asked what it is ({wrong.GetType().Name}).");
            }

            await session.PauseAsync(_pauses, Pause).ConfigureAwait(false);
        }
    }

    // They leave when they use the cluster; the last of them closes this client.
    private bool TurnToCluster()
    {
        var all = true;
        foreach (var membership in Volatile.Read(ref _members))
        {
            all &= membership.Member.TryTurnToCluster();
        }

        return all;
    }

    /// <summary>Nobody need wait for a connection that is not to be had now.</summary>
    private void EndWaiting()
    {
        foreach (var membership in Volatile.Read(ref _members))
        {
            if (membership.Epoch == 0)
            {
                Tell(membership.Member, 0, static (member, epoch) => member.Disconnected(epoch));
            }
        }
    }

    private void Report(Session session, string obstacle, Exception? failure = null)
    {
        EndWaiting();
        if (session.Obstacle != obstacle)
        {
            session.Obstacle = obstacle;
            HubLog.CanNotBeUsed(_logger, failure, obstacle);
        }
    }
}
