using Larder.Resp.Connecting;

namespace Larder.Resp.Topology;

/// <summary>What all nodes made of one command.</summary>
internal static class Gathered
{
    /// <summary>Waits for all, and throws where one has failed.</summary>
    internal static async ValueTask<IReadOnlyList<RespShardReply>> AllAsync(
        string command, IReadOnlyList<RespNode> nodes, Task<RespValue>[] tasks, CancellationToken cancellationToken)
    {
        if (tasks.Length == 0)
        {
            throw new RespConnectionException($"{command} was not sent: no server is known that owns slots.");
        }

        if (tasks.Length == 1)
        {
            return [new RespShardReply(nodes[0].EndPointName, await tasks[0].ConfigureAwait(false), null)];
        }

        var replies = new RespShardReply[tasks.Length];
        for (var i = 0; i < tasks.Length; i++)
        {
            try
            {
                replies[i] = new RespShardReply(nodes[i].EndPointName, await tasks[i].ConfigureAwait(false), null);
            }
            catch (RespException failure)
            {
                replies[i] = new RespShardReply(nodes[i].EndPointName, default, failure);
            }
            catch (OperationCanceledException canceled)
            {
                replies[i] = new RespShardReply(nodes[i].EndPointName, default, canceled);
            }
        }

        cancellationToken.ThrowIfCancellationRequested();
        return replies.Any(static one => one.Failure is not null) ? throw new RespPartialException(command, replies) : replies;
    }
}
