using Larder.Redis.Scheduling;
using Larder.Resp;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Larder.Redis.Connecting;

/// <summary>
/// The one client of all caches that use the same cluster: made when the first of them starts, closed when the last one ends. It hands each announcement to the cache that its name belongs to, and lets those who have no
/// connection look for one, again and again.
/// </summary>
internal sealed class ClusterHub : IRespStreamHandler, IPosting, IClientSource
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(100);
    private static readonly RespConnectionException NoConnection = new("There is no connection to the cluster.");

    private const string NoSlots = "No server has told the slots of the cluster.";

    // Until then a first attempt to connect is waited for.
    private const int LooksUntilLate = 50;

    private readonly object _joining = new();
    private readonly RespOptions _options;
    private readonly Pauses _pauses;
    private readonly ILogger _logger;
    private IClusterMember[] _members = [];
    private long _refusedBy;
    private Session? _session;

    /// <param name="options">How to connect; what becomes of a first attempt that fails, and of commands without a connection, is decided here.</param>
    internal ClusterHub(RespOptions options)
    {
        _options = options with
        {
            Topology = RespTopologyKind.Cluster,
            ReadFromReplicas = false,
            AbortOnConnectFailure = false,
            ConnectRetry = 0,
            BacklogPolicy = RespBacklogPolicy.Queue,
            LoggerFactory = QuietLoggers.Around(options.LoggerFactory),
        };
        _pauses = new Pauses(options.TimeProvider);
        _logger = _options.LoggerFactory?.CreateLogger(HubLog.Category) ?? NullLogger.Instance;
    }

    /// <summary>Why the cluster can not be used; null when it can, or when nobody asks for it.</summary>
    public string? Obstacle => Volatile.Read(ref _session) is { } session && session is not { Client.IsConnected: true, Obstacle: null } ? session.Why() : null;

    /// <summary>How the client connects.</summary>
    internal RespOptions Options => _options;

    /// <summary>True while there is a connection to any node of it: one that is reached elsewhere may tell where a key is. Without any nothing is worth waiting for.</summary>
    internal bool IsConnected => Client is { IsConnected: true };

    /// <summary>The client; null until it is made.</summary>
    internal RespClient? Client => Volatile.Read(ref _session)?.Client;

    /// <inheritdoc/>
    public async ValueTask<(RespClient Client, long Epoch)> ClientAsync(CancellationToken cancellationToken)
    {
        for (var left = _options.CommandTimeout; ; left -= BetweenLooks)
        {
            var session = Volatile.Read(ref _session);
            if (session is { Client: { } client, Obstacle: null })
            {
                return (client, 0);
            }

            // What could not be connected to, or can not be used, is not waited for: it says why, and is tried again by itself.
            if (session is not { Obstacle: null } || left <= TimeSpan.Zero)
            {
                throw new RespConnectionException($"There is no connection to the cluster. {session?.Why()}".TrimEnd());
            }

            await _pauses.DelayAsync(BetweenLooks, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Lets a cache share the connections. It is asked to look when there may be one.</summary>
    internal void Join(IClusterMember member)
    {
        Session? begun = null;
        lock (_joining)
        {
            _members = [.. _members, member];
            if (_session is null)
            {
                _session = begun = new Session();
            }
        }

        if (begun is { } session)
        {
            Pauses.Start(() => RunAsync(session));
        }
        else
        {
            member.Look(isLate: false);
        }
    }

    /// <summary>Ends the membership. When nobody is left the client is closed.</summary>
    internal async ValueTask LeaveAsync(IClusterMember member)
    {
        Session? ended = null;
        lock (_joining)
        {
            _members = Array.FindAll(_members, other => other != member);
            if (_members.Length == 0)
            {
                (ended, _session) = (_session, null);
            }
        }

        if (ended is not null)
        {
            await ended.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>The connection to the owner of a slot; 0 while there is none.</summary>
    internal long EpochOf(int slot) => Client?.EpochOf(slot) ?? 0;

    /// <inheritdoc/>
    public void Post(in RespCommand command, IRespReplyHandler handler, bool isTracked)
    {
        if (Client is { } client)
        {
            client.Post(in command, handler, isTracked);
        }
        else
        {
            handler.OnFailure(NoConnection);
        }
    }

    /// <summary>Gives a connection up, for all caches.</summary>
    internal void Drop(long epoch) => Client?.Disconnect(epoch, "A cache has lost its trust in it.");

    /// <summary>The node of a connection can not be used, for a reason that all caches share.</summary>
    internal void Refuse(string obstacle, long epoch)
    {
        lock (_joining)
        {
            if (_session is not { } session || session.Obstacle == obstacle)
            {
                return;
            }

            _refusedBy = epoch;
            session.Obstacle = obstacle;
        }

        // A logger is the application's code, and this may be a reader.
        Pauses.Start(() =>
        {
            HubLog.CanNotBeUsed(_logger, null, obstacle);
            return Task.CompletedTask;
        });
    }

    /// <summary>The node of a connection can be used after all, or the connection is gone.</summary>
    internal void ForgetRefusal(long epoch)
    {
        if (Volatile.Read(ref _refusedBy) != epoch)
        {
            return;
        }

        lock (_joining)
        {
            if (_refusedBy == epoch && _session is { } session)
            {
                _refusedBy = 0;
                session.Obstacle = null;
            }
        }
    }

    /// <summary>Lets a cache look soon, elsewhere.</summary>
    internal static void LookSoon(IClusterMember member) => Pauses.Start(() =>
    {
        member.Look(isLate: false);
        return Task.CompletedTask;
    });

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
            foreach (var member in members)
            {
                member.EverythingChanged(push.Epoch);
            }

            return;
        }

        for (var left = push.Count; left > 0 && push.Read(); left--)
        {
            foreach (var member in members)
            {
                if (push.Span.StartsWith(member.Head))
                {
                    member.Changed(push.Span, push.Epoch);
                }
            }
        }
    }

    /// <inheritdoc/>
    void IRespStreamHandler.OnGap(RespGap gap)
    {
        if (!gap.IsMove && !gap.IsConnected)
        {
            ForgetRefusal(gap.Epoch);
        }

        foreach (var member in Volatile.Read(ref _members))
        {
            if (gap.IsMove)
            {
                Tell(member, member => member.Moved(gap));
            }
            else if (gap.IsConnected)
            {
                LookSoon(member);
            }
            else
            {
                Tell(member, member => member.Lost(gap.Epoch));
            }
        }
    }

    private async Task RunAsync(Session session)
    {
        while (!session.IsOver)
        {
            try
            {
                var client = await RespClient.ConnectAsync(_options, this, session.Ending).ConfigureAwait(false);
                if (await session.TakeAsync(client).ConfigureAwait(false))
                {
                    session.Obstacle = null;
                    await LookAsync(session).ConfigureAwait(false);
                }

                return;
            }
            catch (RespException failure)
            {
                Report(session, failure.Message);
                LookAll(isLate: true);
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
                LookAll(isLate: true);
                await session.PauseAsync(_pauses, Pause).ConfigureAwait(false);
            }
        }
    }

    // Who has no connection can not always be told of the moment at which there may be one: a slot that is being moved, a node that has taken over.
    private async Task LookAsync(Session session)
    {
        // A first attempt that has failed is not waited for.
        var hasFailed = session.Client is { } client && !KnowsSlots(client);
        for (var look = 0; !session.IsOver; look++)
        {
            NoteWhetherSlotsAreKnown(session, mayTell: look % LooksUntilLate == 0);
            LookAll(hasFailed || look >= LooksUntilLate);

            await session.PauseAsync(_pauses, BetweenLooks).ConfigureAwait(false);
        }
    }

    // A server that is no member of a cluster refuses to tell of slots, and so does one whose user lacks the right, and nobody would ever hear why nothing works. What is over is noted at every look; what is not is not told at each.
    private void NoteWhetherSlotsAreKnown(Session session, bool mayTell)
    {
        var isKnown = session.Obstacle?.StartsWith(NoSlots, StringComparison.Ordinal) == true;
        if (session.Client is not { } client || !(mayTell || isKnown))
        {
            return;
        }

        if (KnowsSlots(client))
        {
            session.Obstacle = isKnown ? null : session.Obstacle;
        }
        else if (mayTell)
        {
            Report(session, WhyNoSlots(client.Diagnose().LastFailure, client.IsConnected));
        }
    }

    private static bool KnowsSlots(RespClient client) => client.Shards.Any(static shard => shard.Slots.Count > 0);

    private static string WhyNoSlots(string? reason, bool isConnected)
    {
        var remedy = !isConnected ? ""
            : Refusals.IsOfRights(reason) ? " The user lacks a right: see Permissions in docs/redis.md, which has a line for clusters."
            : " Leave out topology=cluster for a server that stands alone; whether it is one is found out by itself.";
        return $"{NoSlots} {reason}{remedy}".TrimEnd();
    }

    private void LookAll(bool isLate)
    {
        foreach (var member in Volatile.Read(ref _members))
        {
            Tell(member, member => member.Look(isLate));
        }
    }

    /// <summary>Tells a member something. One that throws must keep neither the others from being told, nor the hub from going on.</summary>
    private void Tell(IClusterMember member, Action<IClusterMember> news)
    {
        try
        {
            news(member);
        }
        catch (Exception failure)
        {
            HubLog.CacheFailed(_logger, failure);
        }
    }

    private void Report(Session session, string obstacle, Exception? failure = null)
    {
        if (session.Obstacle != obstacle)
        {
            session.Obstacle = obstacle;
            HubLog.CanNotBeUsed(_logger, failure, obstacle);
        }
    }
}
