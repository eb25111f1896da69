namespace Larder.Resp.Connecting;

/// <summary>Always the same end point, and whatever answers there is right.</summary>
internal sealed class FixedEndPoint(RespEndPoint endPoint) : IEndPointSource
{
#pragma warning disable CS1998 // There is nothing to wait for.
    public async IAsyncEnumerable<RespEndPoint> FindAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return endPoint;
    }
#pragma warning restore CS1998

    public void Check(RespConnection connection)
    {
    }
}
