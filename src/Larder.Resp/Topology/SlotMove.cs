namespace Larder.Resp.Topology;

/// <summary>Slots that have another owner than before.</summary>
/// <param name="From">The owner before.</param>
/// <param name="To">The owner now.</param>
/// <param name="Slots">The slots.</param>
internal sealed record SlotMove(ClusterNode From, ClusterNode To, IReadOnlyList<RespSlotRange> Slots);
