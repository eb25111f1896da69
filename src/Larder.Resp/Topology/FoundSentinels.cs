using Larder.Resp.Connecting;
using Larder.Resp.Signals;

namespace Larder.Resp.Topology;

/// <summary>
/// Sentinels that nobody listed, of which the others told. They are asked and listened to like the listed ones while they can be reached; nobody waits for them. One that
/// turns out to be known already by another address is left.
/// </summary>
internal sealed class FoundSentinels(NodeContext context, string service, IReadOnlyList<RespEndPoint> listed) : IAsyncDisposable
{
    private const int Most = 16;
    private const int MostAliases = 256;
    private static readonly TimeSpan LongestAnswer = TimeSpan.FromSeconds(1);
    private readonly object _gate = new();
    private readonly Dictionary<string, RespNode> _byId = [];

    // Other addresses of Sentinels that are known, so that nobody who tells of them again has them dialled again.
    private readonly HashSet<RespEndPoint> _aliases = [];
    private volatile RespNode[] _nodes = [];
    private bool _isDisposed;

    internal IReadOnlyList<RespNode> Nodes => _nodes;

    /// <summary>Learns from a Sentinel that has just been connected to who it is, and who the others are.</summary>
    internal async Task LearnAsync(RespNode node)
    {
        try
        {
            var id = (await node.AskAsync(context, new RespCommand("SENTINEL MYID"), LongestAnswer).ConfigureAwait(false)).AsString();
            if (id is { Length: > 0 } && IsKnownElsewhere(id, node))
            {
                await LeaveAsync(node).ConfigureAwait(false);
                return;
            }

            var others = await node.AskAsync(context, new RespCommand("SENTINEL SENTINELS", service), LongestAnswer).ConfigureAwait(false);
            foreach (var other in others.Items)
            {
                Add(SentinelReplies.Field(other, "runid"), SentinelReplies.EndPoint(other));
            }
        }
        catch (RespException failure)
        {
            // Sentinels before 6.2 do not know MYID; the listed ones are enough then.
            RespLog.CouldNotRefresh(context.Logger, failure.Message);
        }
    }

    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _isDisposed = true;
        }

        foreach (var node in _nodes)
        {
            await node.DisposeAsync().ConfigureAwait(false);
        }
    }

    private bool IsKnownElsewhere(string id, RespNode node)
    {
        lock (_gate)
        {
            if (_byId.TryGetValue(id, out var known) && !ReferenceEquals(known, node) && _nodes.Contains(node))
            {
                return true;
            }

            _byId[id] = node;
            return false;
        }
    }

    private void Add(string? id, RespEndPoint? endPoint)
    {
        lock (_gate)
        {
            if (_isDisposed || endPoint is null || listed.Contains(endPoint) || _nodes.Length == Most || _aliases.Contains(endPoint) || (id is not null && _byId.ContainsKey(id))
                || _nodes.Any(node => node.EndPoint.Equals(endPoint)))
            {
                return;
            }

            var node = new RespNode(endPoint, context);
            _nodes = [.. _nodes, node];
            node.Begin();
        }
    }

    // Its connection brought us here, so it is closed from another thread.
    private ValueTask LeaveAsync(RespNode node)
    {
        lock (_gate)
        {
            _nodes = [.. _nodes.Where(one => !ReferenceEquals(one, node))];
            if (_aliases.Count < MostAliases)
            {
                _aliases.Add(node.EndPoint);
            }
        }

        return node.DisposeAsync();
    }
}
