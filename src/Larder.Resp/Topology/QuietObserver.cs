using Larder.Resp.Connecting;

namespace Larder.Resp.Topology;

/// <summary>For connections on which nothing is tracked and nobody listens.</summary>
internal sealed class QuietObserver : INodeObserver
{
    public void OnPush(RespNode node, ref RespReader push)
    {
    }

    public void OnGap(RespNode node, RespGap gap)
    {
    }

    public void OnReady(RespNode node)
    {
    }
}
