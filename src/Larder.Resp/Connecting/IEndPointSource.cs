namespace Larder.Resp.Connecting;

/// <summary>Says where a node is to be looked for, at each dial anew, and whether what answered there is what is looked for.</summary>
internal interface IEndPointSource
{
    /// <summary>The end points to try, one after another, the likeliest one first.</summary>
    IAsyncEnumerable<RespEndPoint> FindAsync(CancellationToken cancellationToken);

    /// <summary>Throws <see cref="RespConnectionException"/> when the server, whose handshake is done, is not the one that is wanted.</summary>
    void Check(RespConnection connection);
}
