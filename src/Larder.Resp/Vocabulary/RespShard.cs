namespace Larder.Resp;

/// <summary>A server that answers for keys, as the client knows it at the moment. It may be otherwise by the time it is looked at; a command that is bound to <see cref="Epoch"/> is then refused.</summary>
/// <param name="EndPoint">Where the server listens.</param>
/// <param name="Epoch">The number of the current connection to it; 0 while there is none.</param>
/// <param name="Slots">The slots that it owns; all of them where there is no cluster.</param>
public sealed record RespShard(string EndPoint, long Epoch, IReadOnlyList<RespSlotRange> Slots)
{
    /// <summary>Such as "127.0.0.1:6379 (connection 3): 0-5460".</summary>
    public override string ToString() =>
        $"{EndPoint} ({(Epoch == 0 ? "not connected" : $"connection {Epoch}")}): {string.Join(", ", Slots.Select(static range => $"{range.First}-{range.Last}"))}";
}
