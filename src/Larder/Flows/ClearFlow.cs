namespace Larder.Flows;

/// <summary>Clears a cache: first the fence moves, which makes every entry and every running load invalid at once, then memory is freed.</summary>
internal sealed class ClearFlow(CacheParts parts)
{
    internal RemovalOutcome Clear()
    {
        parts.ThrowIfClosed();
        parts.CacheFence.Move();
        parts.Memory.Clear();
        parts.Announce(new Removal(RemovalKind.Clear, Name: null, IsLocal: true));
        return RemovalOutcome.Done;
    }
}
