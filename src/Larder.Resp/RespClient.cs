using Larder.Resp.Connecting;
using Larder.Resp.Options;
using Larder.Resp.Pipelining;
using Larder.Resp.PubSub;
using Larder.Resp.Reading;
using Larder.Resp.Scheduling;
using Larder.Resp.Signals;
using Larder.Resp.Topology;
using Larder.Resp.Writing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Larder.Resp;

/// <summary>
/// A client of a Redis or Valkey server that speaks RESP3. One client serves any number of callers at once: their commands
/// share one connection and are sent together where they come together. Make one and keep it. Safe for any number of threads.
/// </summary>
/// <example><code>
/// await using var client = await RespClient.ConnectAsync("localhost:6379");
/// await client.SetAsync("greeting", "hello");
/// var greeting = await client.GetStringAsync("greeting");
/// </code></example>
/// <remarks>
/// <para>
/// A caller who cancels, or whose time is up, stops waiting; the command keeps its place, so the replies of others stay theirs.
/// When the connection is lost, commands that may be repeated are sent again within their time limit, those that were
/// certainly not sent yet too, and the others fail with <see cref="RespIndeterminateException"/>.
/// </para>
/// <para>A returned ValueTask is awaited once. Callers are resumed on the thread pool, or where they asked to be.</para>
/// </remarks>
public sealed class RespClient : INodeObserver, IAsyncDisposable
{
    private const int DefaultMessages = 1_024;
    private readonly RespOptions _options;
    private readonly Scheduler _scheduler;
    private readonly ILogger _logger;
    private readonly IRespStreamHandler? _handler;
    private readonly Subscriptions _subscriptions;
    private readonly long _timeout;
    private readonly RoutingChoice _choice;

    private RespClient(RespOptions options, IRespStreamHandler? handler)
    {
        _options = options;
        _handler = handler;
        _scheduler = new SystemScheduler(options.TimeProvider);
        _logger = options.LoggerFactory?.CreateLogger(RespLog.Category) ?? NullLogger.Instance;
        _timeout = (long)options.CommandTimeout.TotalMilliseconds;
        var context = new NodeContext(options, _scheduler, this, _logger, handler is not null);
        _choice = new RoutingChoice(context, OnMoved, OnRehomed);
        _subscriptions = new Subscriptions(
            (kind, channel) => kind == RespChannelKind.Sharded && Routing.UsesSlots ? Routing.NodeOfSlot(RespSlots.Of(channel)) : Routing.Home,
            (error, node) => Routing.Learn(error, node),
            context);
    }

    /// <summary>
    /// Told after a connection was lost, and when a new one is there. Called from the reader of the connection, so a handler must
    /// be short and must not wait; what it throws is logged.
    /// </summary>
    public event EventHandler<RespGap>? Gap;

    /// <summary>True while commands can be sent.</summary>
    public bool IsConnected => Routing.IsConnected;

    /// <summary>
    /// The number of the current connection, which grows with every new one; 0 while there is none. In a cluster every node has its own, which
    /// <see cref="RespReader.Epoch"/> and the gap event tell; this is the one of the node that takes commands without a key.
    /// </summary>
    public long Epoch => Node.Epoch;

    /// <summary>
    /// True when the keys are spread over nodes by slots (Redis Cluster), so that a command or a script may only touch keys of one slot. It becomes true later than
    /// the first connection only when topology is "auto" and one server gives way to a cluster.
    /// </summary>
    public bool IsCluster => Routing.UsesSlots;

    /// <summary>
    /// The servers that answer for keys: in a cluster the primaries that own slots, elsewhere the one primary. A list of this moment.
    /// </summary>
    public IReadOnlyList<RespShard> Shards => Routing.Shards;

    internal RespNode Node => Routing.Home;

    internal Routing Routing => _choice.Current;

    internal RespOptions Options => _options;

    /// <summary>Connects, and checks user, password and certificate.</summary>
    /// <param name="connectionString">Such as "localhost:6379,password=…" or "rediss://…"; see <see cref="RespOptions.Parse"/>.</param>
    /// <param name="handler">
    /// Who is told of pushes, in the order of the stream; with one, each connection turns on CLIENT TRACKING in OPTIN mode. Null, the
    /// default: nobody, and no tracking.
    /// </param>
    /// <param name="cancellationToken">Gives up; nothing of the client is left then.</param>
    /// <exception cref="RespConnectionException">The server cannot be reached, or refuses us.</exception>
    public static Task<RespClient> ConnectAsync(string connectionString, IRespStreamHandler? handler = null, CancellationToken cancellationToken = default) =>
        ConnectAsync(RespOptions.Parse(connectionString), handler, cancellationToken);

    /// <summary>Connects, and checks user, password and certificate.</summary>
    /// <param name="options">Where to, and how.</param>
    /// <param name="handler">
    /// Who is told of pushes, in the order of the stream; with one, each connection turns on CLIENT TRACKING in OPTIN mode. Null, the
    /// default: nobody, and no tracking.
    /// </param>
    /// <param name="cancellationToken">Gives up; nothing of the client is left then.</param>
    /// <exception cref="RespOptionsException">The options contradict themselves or go beyond a limit.</exception>
    /// <exception cref="RespConnectionException">The server cannot be reached, or refuses us.</exception>
    public static async Task<RespClient> ConnectAsync(RespOptions options, IRespStreamHandler? handler = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        RespOptionsRules.Check(options);
        var client = new RespClient(options, handler);
        try
        {
            await client._choice.ConnectAsync(cancellationToken).ConfigureAwait(false);
            return client;
        }
        catch
        {
            await client.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Sends a command and gives its reply as a value that owns its bytes.</summary>
    /// <param name="command">The command.</param>
    /// <param name="cancellationToken">Ends the waiting; a command that was sent is carried out all the same.</param>
    /// <exception cref="RespException">See the types derived from it.</exception>
    public ValueTask<RespValue> ExecuteAsync(in RespCommand command, CancellationToken cancellationToken = default) =>
        ExecuteAsync(in command, Replies.Value, cancellationToken);

    /// <summary>Sends a command and gives what the decoder makes of its reply, without a copy in between.</summary>
    /// <typeparam name="T">What the decoder makes.</typeparam>
    /// <param name="command">The command.</param>
    /// <param name="decoder">Runs on the reader of the connection, in the order of the stream; see <see cref="IRespDecoder{T}"/>.</param>
    /// <param name="cancellationToken">Ends the waiting; a command that was sent is carried out all the same.</param>
    /// <exception cref="RespException">See the types derived from it.</exception>
    public ValueTask<T> ExecuteAsync<T>(in RespCommand command, IRespDecoder<T> decoder, CancellationToken cancellationToken = default)
    {
        var pending = Rent(decoder, cancellationToken);
        try
        {
            Restraints.Check(in command, isInGroup: false);
            Add(pending, in command, isOnlyOne: true);
        }
        catch
        {
            pending.Discard();
            throw;
        }

        return Send(pending, command.Timeout, cancellationToken);
    }

    /// <summary>
    /// Sends CLIENT CACHING YES and the command directly behind it, so that the server tracks the keys that it reads. Needs a client that was
    /// connected with a handler.
    /// </summary>
    /// <typeparam name="T">What the decoder makes.</typeparam>
    /// <param name="command">The command, a read.</param>
    /// <param name="decoder">Runs on the reader of the connection, in the order of the stream; see <see cref="IRespDecoder{T}"/>.</param>
    /// <param name="cancellationToken">Ends the waiting; a command that was sent is carried out all the same.</param>
    /// <exception cref="RespException">See the types derived from it.</exception>
    public ValueTask<T> ExecuteTrackedAsync<T>(in RespCommand command, IRespDecoder<T> decoder, CancellationToken cancellationToken = default)
    {
        var pending = Rent(decoder, cancellationToken);
        try
        {
            AddTracked(pending, in command);
        }
        catch
        {
            pending.Discard();
            throw;
        }

        return Send(pending, command.Timeout, cancellationToken);
    }

    /// <summary>
    /// Sends a command whose outcome is told to a handler, on the reader and in the order of the stream, instead of being awaited: for callers that must act on a
    /// reply before anything that the server sent afterwards is looked at. It takes no memory of its own once it has been used for a while, and is held back by <see cref="Gather"/> like every other command.
    /// </summary>
    /// <param name="command">
    /// The command. Its time limit, flags and epoch mean what they mean elsewhere: with an <see cref="RespCommand.Epoch"/> it goes over that connection or not at all, and without one
    /// and without <see cref="RespFlags.NeverResend"/> it may be sent again on another connection, which the reply then names.
    /// </param>
    /// <param name="handler">Who is told; exactly one of its methods is called, exactly once, perhaps before this returns.</param>
    /// <param name="isTracked">
    /// True: CLIENT CACHING YES goes directly before it, as with <see cref="ExecuteTrackedAsync"/>; that needs a client that was connected with a handler of the stream. The default is false.
    /// </param>
    /// <exception cref="ArgumentException">The command, its time limit or the handler is none; the handler is told nothing then.</exception>
    /// <exception cref="RespServerException">CROSSSLOT: its keys lie in several slots of a cluster; the handler is told nothing then.</exception>
    public void Post(in RespCommand command, IRespReplyHandler handler, bool isTracked = false)
    {
        ArgumentNullException.ThrowIfNull(handler);
        var posted = Posted.Rent(handler, _logger);
        try
        {
            Prepare(posted);
            if (isTracked)
            {
                AddTracked(posted, in command);
            }
            else
            {
                Restraints.Check(in command, isInGroup: false);
                Add(posted, in command, isOnlyOne: true);
            }

            Begin(posted, command.Timeout);
        }
        catch
        {
            posted.Discard();
            throw;
        }

        ((Routing)posted.Rerouting!).Send(posted);
    }

    /// <summary>
    /// Gives up a connection that is not to be trusted any more: commands without a reply fail, or are sent again, by their rules, the gap is told as with every loss, and a new connection is dialled at once.
    /// </summary>
    /// <remarks>
    /// When this returns, at most one delivery of that connection (a push, a reply, or a decoder's run) is still under way, if its reader was at it; every later one is left out, also of what had been
    /// received already. Who must rule out that one too compares epochs under a lock that the handler takes. The gap follows on the reader of the connection, so perhaps after
    /// this has returned. May be called from a handler on the reader; what is being delivered is then the last that is.
    /// </remarks>
    /// <param name="epoch">The connection, by the number that <see cref="RespReader.Epoch"/> and gaps tell. In a cluster the node that has it is meant; connections to replicas have none here.</param>
    /// <param name="reason">Why; it stands in the log, in the gap and in the exceptions of commands.</param>
    /// <returns>False when that connection is not there, or no longer; nothing is done then.</returns>
    public bool Disconnect(long epoch, string reason)
    {
        ArgumentNullException.ThrowIfNull(reason);
        return Routing.GiveUp(epoch, reason);
    }

    /// <summary>
    /// The number of the connection to the server that answers for a slot (<see cref="RespSlots.Of(string)"/>), outside a cluster that of the only one; 0 while there is none, or nobody is known to own the
    /// slot. What came on another connection for a key of this slot may have been overtaken.
    /// </summary>
    /// <param name="slot">The slot, from 0 to 16,383.</param>
    public long EpochOf(int slot)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(slot);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(slot, RespSlots.Count);
        return Routing.EpochOfSlot(slot);
    }

    /// <summary>Sends commands that stay together, and gives all their replies; errors are among them as values.</summary>
    /// <param name="group">The commands; at least one.</param>
    /// <param name="cancellationToken">Ends the waiting; commands that were sent are carried out all the same.</param>
    /// <exception cref="RespException">See the types derived from it.</exception>
    public ValueTask<RespValue[]> ExecuteGroupAsync(RespGroup group, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(group);
        return group.HasScripts
            ? WithScriptsAsync(group, cancellationToken)
            : SendGroup(group, new GroupReplies(group.Count), cancellationToken);
    }

    /// <summary>Sends commands that stay together, and gives what the decoder makes of the last reply. An error among the earlier ones is thrown.</summary>
    /// <typeparam name="T">What the decoder makes.</typeparam>
    /// <param name="group">The commands; at least one.</param>
    /// <param name="decoder">Runs on the reader of the connection, in the order of the stream; see <see cref="IRespDecoder{T}"/>.</param>
    /// <param name="cancellationToken">Ends the waiting; commands that were sent are carried out all the same.</param>
    /// <exception cref="RespException">See the types derived from it.</exception>
    public ValueTask<T> ExecuteGroupAsync<T>(RespGroup group, IRespDecoder<T> decoder, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(group);
        return group.HasScripts ? WithScriptsAsync(group, decoder, cancellationToken) : SendGroup(group, decoder, cancellationToken);
    }

    private async ValueTask<T> WithScriptsAsync<T>(RespGroup group, IRespDecoder<T> decoder, CancellationToken cancellationToken)
    {
        try
        {
            return await SendGroup(group, decoder, cancellationToken).ConfigureAwait(false);
        }
        catch (RespServerException error) when (error.Code == ServerErrors.NoScript)
        {
            if (group.WithTexts() is not { } texts)
            {
                throw;
            }

            return await SendGroup(texts, decoder, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask<RespValue[]> WithScriptsAsync(RespGroup group, CancellationToken cancellationToken)
    {
        var replies = await SendGroup(group, new GroupReplies(group.Count), cancellationToken).ConfigureAwait(false);
        var isUnknown = replies.Any(static reply => reply.IsError && reply.AsString()!.StartsWith(ServerErrors.NoScript, StringComparison.Ordinal));
        return isUnknown && group.WithTexts() is { } texts
            ? await SendGroup(texts, new GroupReplies(group.Count), cancellationToken).ConfigureAwait(false)
            : replies;
    }

    private ValueTask<T> SendGroup<T>(RespGroup group, IRespDecoder<T> decoder, CancellationToken cancellationToken)
    {
        if (group.Count == 0)
        {
            throw new ArgumentException("The group is empty; add a command.", nameof(group));
        }

        Restraints.Check(group.Commands);
        var pending = Rent(decoder, cancellationToken);
        try
        {
            for (var i = 0; i < group.Count; i++)
            {
                Restraints.Check(group.Commands[i], isInGroup: true);
                Add(pending, group.Commands[i], isOnlyOne: i == 0);
            }
        }
        catch
        {
            pending.Discard();
            throw;
        }

        return Send(pending, group.Timeout, cancellationToken);
    }

    /// <summary>
    /// Sends a command to every server that answers for keys, at once, such as FLUSHALL, SCRIPT LOAD or DBSIZE: in a cluster to all primaries, elsewhere to the one. Replicas get what
    /// they get by replication.
    /// </summary>
    /// <param name="command">The command; where it has keys, nobody looks at their slots. It must not be bound to a connection, and is not sent again.</param>
    /// <param name="cancellationToken">Ends the waiting; what was sent is carried out all the same.</param>
    /// <returns>What each server answered; there is no failure among them.</returns>
    /// <exception cref="RespPartialException">Some of several servers failed. It is thrown when all have ended, and has what each of them did.</exception>
    /// <exception cref="RespException">There is only one server, and it failed; or none is known.</exception>
    public ValueTask<IReadOnlyList<RespShardReply>> ExecuteOnAllAsync(in RespCommand command, CancellationToken cancellationToken = default)
    {
        if (command.Epoch != 0)
        {
            throw new ArgumentException("A command for all servers cannot be bound to one connection; leave its Epoch at 0.", nameof(command));
        }

        var nodes = Routing.Primaries;
        var tasks = new Task<RespValue>[nodes.Count];
        for (var i = 0; i < tasks.Length; i++)
        {
            tasks[i] = ExecuteOn(nodes[i], command with { Flags = command.Flags | RespFlags.NeverResend }, Replies.Value, cancellationToken).AsTask();
        }

        return Gathered.AllAsync(command.Name, nodes, tasks, cancellationToken);
    }

    /// <summary>Sends a command on a node, whatever its keys are.</summary>
    private ValueTask<T> ExecuteOn<T>(RespNode node, in RespCommand command, IRespDecoder<T> decoder, CancellationToken cancellationToken)
    {
        var pending = Rent(decoder, cancellationToken);
        try
        {
            Restraints.Check(in command, isInGroup: false);
            pending.Rerouting = null;
            pending.Add(in command, isOnlyOne: true);
            Begin(pending, command.Timeout);
        }
        catch
        {
            pending.Discard();
            throw;
        }

        pending.Follow(cancellationToken);
        var task = pending.Task;
        node.Send(pending);
        return task;
    }

    /// <summary>Listens to a channel from now on; returns when the server has confirmed it.</summary>
    /// <param name="channel">The channel, or the pattern.</param>
    /// <param name="kind">What the name is; the default is a channel.</param>
    /// <param name="capacity">How many messages may wait to be read before new ones are dropped; the default is 1,024.</param>
    /// <param name="cancellationToken">Gives up; nothing is subscribed then.</param>
    /// <exception cref="RespException">See the types derived from it.</exception>
    public ValueTask<RespSubscription> SubscribeAsync(
        string channel, RespChannelKind kind = RespChannelKind.Channel, int capacity = DefaultMessages, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(channel);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity);
        return _subscriptions.SubscribeAsync(kind, channel, capacity, cancellationToken);
    }

    /// <summary>
    /// Holds back what this thread sends until the result is disposed of on the same thread, so that it goes out in one piece.
    /// Nothing may be awaited in between, and nothing is lost if it takes long: what waits is sent some milliseconds later anyway.
    /// </summary>
    public static RespGathering Gather() => new(Cork.Begin());

    /// <summary>How the connection and the thread pool stand: what the exceptions of time-outs say.</summary>
    public RespDiagnostics Diagnose() => Routing.Diagnose();

    /// <summary>Closes the connection. Commands without a reply fail.</summary>
    public ValueTask DisposeAsync()
    {
        _subscriptions.Dispose();
        return _choice.DisposeAsync();
    }

    void INodeObserver.OnPush(RespNode node, ref RespReader push)
    {
        if (!_subscriptions.TryHandle(ref push))
        {
            _handler?.OnPush(ref push);
        }
    }

    void INodeObserver.OnGap(RespNode node, RespGap gap)
    {
        if (!gap.IsConnected)
        {
            _subscriptions.Lost(gap.Epoch);
            Routing.OnLost(node);
        }

        Tell(Routing.SlotsOf(node) is { Count: > 0 } slots
            ? new RespGap { EndPoint = gap.EndPoint, Epoch = gap.Epoch, IsConnected = gap.IsConnected, Reason = gap.Reason, Slots = slots }
            : gap);
    }

    private void OnMoved(SlotMove move, long epoch)
    {
        var (from, to) = (move.From.Node, move.To.Node);
        try
        {
            Tell(new RespGap { EndPoint = from.EndPointName, Epoch = epoch, IsMove = true, Slots = move.Slots, NewEndPoint = to.EndPointName, NewEpoch = to.Epoch });
        }
        catch (Exception failure)
        {
            RespLog.HandlerFailed(_logger, failure);
        }
    }

    private void OnRehomed()
    {
        foreach (var primary in Routing.Primaries)
        {
            _subscriptions.Resume(primary);
        }
    }

    private void Tell(RespGap gap)
    {
        try
        {
            _handler?.OnGap(gap);
        }
        catch (Exception failure)
        {
            RespLog.HandlerFailed(_logger, failure);
        }

        // What these throw is logged by whoever tells of the gap.
        Gap?.Invoke(this, gap);
    }

    void INodeObserver.OnReady(RespNode node)
    {
        Routing.OnReady(node);
        _subscriptions.Resume(node);
    }

    private static void AddTracked(Pending pending, in RespCommand command)
    {
        Restraints.Check(in command, isInGroup: false);
        pending.Add(new RespCommand(RespVerb.Caching, "YES"), isOnlyOne: true);
        Add(pending, in command, isOnlyOne: false);
    }

    private static void Add(Pending pending, in RespCommand command, bool isOnlyOne)
    {
        pending.Add(in command, isOnlyOne);
        if (((Routing)pending.Rerouting!).UsesSlots)
        {
            pending.Slot = CommandSlot.Same(pending.Slot, CommandSlot.Of(in command), command.Name);
        }
    }

    private Pending<T> Rent<T>(IRespDecoder<T> decoder, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(decoder);
        cancellationToken.ThrowIfCancellationRequested();
        var pending = Pending<T>.Rent(decoder);
        Prepare(pending);
        return pending;
    }

    // The routing may change meanwhile; the one that the command was made for hands it over then.
    private void Prepare(Pending pending)
    {
        pending.Scheduler = _scheduler;
        pending.Rerouting = Routing;
    }

    private ValueTask<T> Send<T>(Pending<T> pending, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        Begin(pending, timeout);
        pending.Follow(cancellationToken);
        var task = pending.Task;
        ((Routing)pending.Rerouting!).Send(pending);
        return task;
    }

    private void Begin(Pending pending, TimeSpan? timeout)
    {
        var now = _scheduler.Clock.Now;
        pending.Begin(now, now + Limit(timeout));
    }

    private long Limit(TimeSpan? timeout)
    {
        if (timeout is not { } given)
        {
            return _timeout;
        }

        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(given, TimeSpan.Zero, nameof(timeout));
        return (long)Math.Min(Math.Ceiling(given.TotalMilliseconds), int.MaxValue);
    }
}
