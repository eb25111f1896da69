using System.Runtime.CompilerServices;
using System.Text;
using Larder.Resp.Connecting;
using Larder.Resp.Pipelining;
using Larder.Resp.Signals;

namespace Larder.Resp.Topology;

/// <summary>
/// The Sentinels: all are asked where the primary is, what most of them name is tried first, and their news of another one is listened to.
/// One connection to each is kept, also to those that the listed ones tell of. What they name must say itself that it is a primary.
/// </summary>
internal sealed class Sentinels : IPrimarySource, INodeObserver
{
    private const string News = "+switch-master";
    private static readonly TimeSpan LongestAnswer = TimeSpan.FromSeconds(1);
    private readonly NodeContext _context;
    private readonly string _service;
    private readonly RespNode[] _nodes;
    private readonly FoundSentinels _found;
    private readonly object _gate = new();
    private Task[]? _starts;

    internal Sentinels(NodeContext context)
    {
        var options = context.Options;
        var sentinel = options.Sentinel!;
        _service = sentinel.ServiceName;
        _context = context with
        {
            Observer = this,
            IsTracking = false,
            Options = options with
            {
                User = sentinel.User,
                Password = sentinel.Password,
                CredentialsProvider = null,
                Database = 0,
                Tls = sentinel.UseTls ?? true ? options.Tls : null,
                ConnectRetry = 0,
                AbortOnConnectFailure = true,
                BacklogPolicy = RespBacklogPolicy.FailFast,
            },
        };
        _nodes = [.. options.EndPoints.Select(endPoint => new RespNode(endPoint, _context))];
        _found = new FoundSentinels(_context, _service, options.EndPoints);
    }

    public bool HasAlternatives => true;

    public Action<RespEndPoint>? Changed { get; set; }

    public async IAsyncEnumerable<RespEndPoint> FindAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var starts = Start();
        var found = _found.Nodes.Where(static node => node.IsConnected).Select(node => AskPrimaryAsync(node, Task.CompletedTask, cancellationToken));
        var asked = _nodes.Select((node, i) => AskPrimaryAsync(node, starts[i], cancellationToken)).Concat(found).ToArray();
        var answers = await Task.WhenAll(asked).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        var named = answers.Where(static one => one.Named is not null).GroupBy(static one => one.Named!).OrderByDescending(static one => one.Count()).ToArray();
        if (named.Length == 0)
        {
            var reasons = $"None of the Sentinels names a primary of {_service}. {string.Join(' ', answers.Select(static one => one.Failure?.Message))}";
            throw answers.FirstOrDefault(static one => one.Failure is RespAuthenticationException).Failure is { } refusal
                ? new RespAuthenticationException(reasons, refusal)
                : new RespConnectionException(reasons, answers[0].Failure);
        }

        foreach (var one in named)
        {
            yield return one.Key;
        }
    }

    public void Check(RespConnection connection)
    {
        if (connection.IsReplica || connection.Mode == "sentinel")
        {
            throw new RespConnectionException($"{connection.EndPoint}, which a Sentinel names as the primary of {_service}, is none.");
        }
    }

    public async ValueTask<IReadOnlyList<RespEndPoint>> FindReplicasAsync(RespEndPoint primary)
    {
        foreach (var node in _nodes.Concat(_found.Nodes).Where(static node => node.IsConnected))
        {
            try
            {
                var replicas = await node.AskAsync(_context, new RespCommand("SENTINEL REPLICAS", _service), LongestAnswer).ConfigureAwait(false);
                return [.. replicas.Items.Where(IsUp).Select(SentinelReplies.EndPoint).OfType<RespEndPoint>().Where(one => !one.Equals(primary))];
            }
            catch (RespException failure)
            {
                RespLog.CouldNotRefresh(_context.Logger, failure.Message);
            }
        }

        return [];
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
        {
            await node.DisposeAsync().ConfigureAwait(false);
        }

        await _found.DisposeAsync().ConfigureAwait(false);
    }

    // message +switch-master "service old-host old-port new-host new-port"
    void INodeObserver.OnPush(RespNode node, ref RespReader push)
    {
        if (!push.Span.SequenceEqual("message"u8) || !push.Read() || !push.Span.SequenceEqual(Encoding.UTF8.GetBytes(News)) || !push.Read())
        {
            return;
        }

        if (push.GetString()?.Split(' ') is [var service, _, _, var host, var port] && service == _service && Changed is { } changed
            && SentinelReplies.EndPoint(host, port) is { } primary)
        {
            changed(primary);
        }
    }

    void INodeObserver.OnGap(RespNode node, RespGap gap)
    {
    }

    void INodeObserver.OnReady(RespNode node)
    {
        _context.Scheduler.Start(() => ListenAsync(node));
        if (_context.Options.Sentinel!.FindOthers)
        {
            _context.Scheduler.Start(() => _found.LearnAsync(node));
        }
    }

    private async Task ListenAsync(RespNode node)
    {
        try
        {
            var answer = new PushAnswer("subscribe"u8.ToArray(), Encoding.UTF8.GetBytes(News));
            await node.AskAsync(_context, new RespCommand("SUBSCRIBE", News), LongestAnswer, answer).ConfigureAwait(false);
        }
        catch (RespException failure)
        {
            // Without the news the primary is looked for when its connection is lost, or when it refuses to write.
            RespLog.CouldNotResubscribe(_context.Logger, node.EndPointName, failure.Message);
        }
    }

    private Task[] Start()
    {
        lock (_gate)
        {
            return _starts ??= [.. _nodes.Select(StartAsync)];
        }
    }

    private static async Task StartAsync(RespNode node)
    {
        try
        {
            await node.ConnectAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception)
        {
            node.Begin();
            throw;
        }
    }

    private async Task<(RespEndPoint? Named, Exception? Failure)> AskPrimaryAsync(RespNode node, Task start, CancellationToken cancellationToken)
    {
        try
        {
            using var limit = _context.Scheduler.CancelAfter(LongestAnswer, cancellationToken);
            if (!node.IsConnected)
            {
                await start.WaitAsync(limit.Token).ConfigureAwait(false);
            }

            var answer = await node.AskAsync(_context, new RespCommand("SENTINEL GET-MASTER-ADDR-BY-NAME", _service), LongestAnswer).ConfigureAwait(false);
            return answer.Items.Count == 2 && SentinelReplies.EndPoint(answer.Items[0].AsString(), answer.Items[1].AsString()) is { } named
                ? (named, null)
                : (null, new RespConnectionException($"{node.EndPoint} watches no {_service}."));
        }
        catch (OperationCanceledException)
        {
            return (null, new RespConnectionException($"{node.EndPoint} did not answer."));
        }
        catch (RespServerException refusal)
        {
            return (null, new RespConnectionException($"{node.EndPoint} refused to name the primary ({refusal.Message}). Is it a Sentinel?", refusal));
        }
        catch (Exception failure)
        {
            return (null, failure);
        }
    }

    private static bool IsUp(RespValue replica) =>
        SentinelReplies.Field(replica, "flags")?.Split(',').Intersect(["s_down", "o_down", "disconnected"]).Any() == false;
}
