using Larder.Ports;

namespace Larder.Testing;

/// <summary>A lease of a <see cref="FaultyTier"/>.</summary>
internal sealed class FaultyLease(FaultyCalls calls, string key, ITierLease inner) : ITierLease
{
    public ValueTask<StoreOutcome> FillAsync(TierWrite write, FenceToken token, CancellationToken cancellationToken) =>
        calls.MakeAsync(
            TierOperations.Fill, fault => inner.FillAsync(calls.Write(key, write, fault), token, cancellationToken), StoreOutcome.Unavailable, null, cancellationToken);

    public async ValueTask ReleaseAsync(bool dropsOlder, CancellationToken cancellationToken) =>
        await calls.MakeAsync(
            TierOperations.Release,
            async _ =>
            {
                await inner.ReleaseAsync(dropsOlder, cancellationToken).ConfigureAwait(false);
                return true;
            },
            false,
            null,
            cancellationToken).ConfigureAwait(false);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
