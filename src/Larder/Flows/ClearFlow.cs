namespace Larder.Flows;

/// <summary>
/// Clears a cache: first the fence moves, which makes every entry and every running load invalid at once, then memory is freed, then the lower tiers are told.
/// </summary>
internal sealed class ClearFlow(CacheParts parts, BelowFlow? below)
{
    internal ValueTask<RemovalOutcome> Clear(CancellationToken cancellationToken)
    {
        parts.ThrowIfClosed();
        Drop();
        if (below is not null)
        {
            return below.WaitAsync(ClearBelowAsync(), cancellationToken);
        }

        Announce();
        return new(RemovalOutcome.Done);
    }

    private async Task<RemovalOutcome> ClearBelowAsync()
    {
        var outcome = await below!.RemoveAsync(RemovalKind.Clear, [], Drop).ConfigureAwait(false);
        Announce();
        return outcome;
    }

    private void Drop()
    {
        parts.Clears.Move();
        parts.CacheFence.Move();
        parts.Memory.Clear();
    }

    private void Announce() => parts.Announce(new Removal(RemovalKind.Clear, Name: null, IsLocal: true));
}
