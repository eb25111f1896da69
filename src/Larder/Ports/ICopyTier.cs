namespace Larder.Ports;

/// <summary>
/// A tier between memory and the authority that keeps copies for this node alone, such as a disk above Redis. It decides nothing: a copy counts only while the
/// authority still carries its token, which the cache checks.
/// </summary>
/// <remarks>
/// Thread-safe, like <see cref="ITier"/>. It may forget anything at any time. A failure is a miss, or a copy that is not kept; but a copy that could not be
/// dropped is harmless, because its token does not count any more.
/// </remarks>
public interface ICopyTier : IAsyncDisposable
{
    /// <summary>What the tier is called in metrics, logs and health.</summary>
    string Name { get; }

    /// <summary>What answers from this tier are called in <see cref="CacheResult{T}.Tier"/>.</summary>
    CacheTier Kind { get; }

    /// <summary>Starts the tier. Called once, before anything else; must return at once.</summary>
    /// <param name="host">The clock; this tier has nothing to tell its listener.</param>
    void Attach(TierHost host);

    /// <summary>Reads a copy.</summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>The copy and its token, or <see cref="TierStatus.Absent"/>, or <see cref="TierStatus.Unavailable"/>.</returns>
    ValueTask<TierReading> GetAsync(string key, CancellationToken cancellationToken);

    /// <summary>Reads several copies in one go.</summary>
    /// <param name="keys">The keys.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>As many answers, in the order of the keys, each as of <see cref="GetAsync"/>. The default reads one key after the other.</returns>
    async ValueTask<TierReading[]> GetManyAsync(ReadOnlyMemory<string> keys, CancellationToken cancellationToken)
    {
        var readings = new TierReading[keys.Length];
        for (var i = 0; i < readings.Length; i++)
        {
            readings[i] = await GetAsync(keys.Span[i], cancellationToken).ConfigureAwait(false);
        }

        return readings;
    }

    /// <summary>Keeps a copy of what the authority holds, in place of an older one.</summary>
    /// <param name="key">The key.</param>
    /// <param name="write">The value.</param>
    /// <param name="token">The token that the authority stored it under.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>A task that ends when it is kept, or can not be.</returns>
    ValueTask SetAsync(string key, TierWrite write, FenceToken token, CancellationToken cancellationToken);

    /// <summary>Drops copies.</summary>
    /// <param name="keys">The keys.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>A task that ends when they are dropped, or can not be.</returns>
    ValueTask RemoveAsync(ReadOnlyMemory<string> keys, CancellationToken cancellationToken);

    /// <summary>Drops all copies.</summary>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>A task that ends when they are dropped, or can not be.</returns>
    ValueTask ClearAsync(CancellationToken cancellationToken);
}
