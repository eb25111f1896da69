using Larder.Ports;

namespace Larder.Testing;

/// <summary>
/// A tier of copies that works like the one inside it until it is told to fail, hang, be slow, throw or damage bytes; see <see cref="Faults"/>. Thread-safe, as far as the inner tier is.
/// </summary>
public sealed class FaultyCopyTier : ICopyTier
{
    private readonly ICopyTier _inner;
    private readonly FaultyCalls _calls;

    /// <summary>Puts a tier inside.</summary>
    /// <param name="inner">The tier; disposed with this one.</param>
    public FaultyCopyTier(ICopyTier inner)
    {
        ArgumentNullException.ThrowIfNull(inner);
        _inner = inner;
        _calls = new FaultyCalls(Faults);
    }

    /// <summary>What goes wrong, and how often the tier was called.</summary>
    public TierFaults Faults { get; } = new();

    /// <inheritdoc/>
    public string Name => _inner.Name;

    /// <inheritdoc/>
    public CacheTier Kind => _inner.Kind;

    /// <inheritdoc/>
    public void Attach(TierHost host)
    {
        _calls.Attach(host);
        _inner.Attach(host);
    }

    /// <inheritdoc/>
    public ValueTask<TierReading> GetAsync(string key, CancellationToken cancellationToken) =>
        _calls.MakeAsync(
            TierOperations.Get,
            async fault => _calls.Read(key, await _inner.GetAsync(key, cancellationToken).ConfigureAwait(false), fault),
            TierReading.Unavailable(),
            static reading =>
            {
                reading.Dispose();
                return ValueTask.CompletedTask;
            },
            cancellationToken);

    /// <inheritdoc/>
    public ValueTask<TierReading[]> GetManyAsync(ReadOnlyMemory<string> keys, CancellationToken cancellationToken) =>
        _calls.MakeAsync(
            TierOperations.GetMany,
            async fault =>
            {
                var readings = await _inner.GetManyAsync(keys, cancellationToken).ConfigureAwait(false);
                for (var i = 0; i < readings.Length; i++)
                {
                    readings[i] = _calls.Read(keys.Span[i], readings[i], fault);
                }

                return readings;
            },
            [.. Enumerable.Repeat(TierReading.Unavailable(), keys.Length)],
            static readings =>
            {
                foreach (var reading in readings)
                {
                    reading.Dispose();
                }

                return ValueTask.CompletedTask;
            },
            cancellationToken);

    /// <inheritdoc/>
    public ValueTask SetAsync(string key, TierWrite write, FenceToken token, CancellationToken cancellationToken) =>
        DoAsync(TierOperations.Set, fault => _inner.SetAsync(key, _calls.Write(key, write, fault), token, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public ValueTask RemoveAsync(ReadOnlyMemory<string> keys, CancellationToken cancellationToken) =>
        DoAsync(TierOperations.Remove, _ => _inner.RemoveAsync(keys, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public ValueTask ClearAsync(CancellationToken cancellationToken) =>
        DoAsync(TierOperations.Clear, _ => _inner.ClearAsync(cancellationToken), cancellationToken);

    /// <summary>Heals every fault, and disposes the inner tier.</summary>
    /// <returns>The task.</returns>
    public ValueTask DisposeAsync()
    {
        Faults.HealAll();
        return _inner.DisposeAsync();
    }

    private async ValueTask DoAsync(TierOperations operation, Func<TierFault?, ValueTask> call, CancellationToken cancellationToken) =>
        await _calls.MakeAsync(
            operation,
            async fault =>
            {
                await call(fault).ConfigureAwait(false);
                return true;
            },
            false,
            null,
            cancellationToken).ConfigureAwait(false);
}
