using Larder.Ports;
using Larder.Scheduling;

namespace Larder.Tiers;

/// <summary>The tier between memory and the authority, called under its time-out and breaker. It decides nothing, so its failures are only misses, and after one time-out it is left alone.</summary>
internal sealed class CopyTier(ICopyTier tier, Scheduler scheduler, long timeoutMilliseconds, Action<string, bool, Exception?> onFailure) : IAsyncDisposable
{
    private static readonly TierCall<(ICopyTier Tier, string Key), TierReading> Get = new(
        static (s, token) => s.Tier.GetAsync(s.Key, token),
        TierReading.Unavailable,
        static (TierReading reading, out Exception? failure) =>
        {
            failure = reading.Failure;
            return reading.Status == TierStatus.Unavailable;
        })
    {
        Late = static reading =>
        {
            reading.Dispose();
            return ValueTask.CompletedTask;
        },
    };

    private static readonly TierCall<(ICopyTier Tier, string[] Keys), TierReading[]?> GetMany = new(
        static async (s, token) =>
        {
            var readings = await s.Tier.GetManyAsync(s.Keys, token).ConfigureAwait(false);
            return readings?.Length == s.Keys.Length
                ? readings
                : throw new InvalidOperationException($"The tier answered {readings?.Length ?? 0} readings to {s.Keys.Length} keys.");
        },
        static _ => null,
        static (TierReading[]? readings, out Exception? failure) =>
        {
            foreach (ref readonly var reading in readings.AsSpan())
            {
                if (reading.Status == TierStatus.Unavailable)
                {
                    failure = reading.Failure;
                    return true;
                }
            }

            failure = null;
            return readings is null;
        })
    {
        Late = static readings =>
        {
            foreach (var reading in readings ?? [])
            {
                reading.Dispose();
            }

            return ValueTask.CompletedTask;
        },
    };

    private static readonly TierCall<(ICopyTier Tier, string Key, TierWrite Write, FenceToken Token), bool> Set = new(
        static async (s, token) =>
        {
            await s.Tier.SetAsync(s.Key, s.Write, s.Token, token).ConfigureAwait(false);
            return true;
        },
        static _ => false,
        IsRefused);

    private static readonly TierCall<(ICopyTier Tier, ReadOnlyMemory<string> Keys), bool> Remove = new(
        static async (s, token) =>
        {
            await s.Tier.RemoveAsync(s.Keys, token).ConfigureAwait(false);
            return true;
        },
        static _ => false,
        IsRefused);

    private static readonly TierCall<ICopyTier, bool> ClearAll = new(
        static async (tier, token) =>
        {
            await tier.ClearAsync(token).ConfigureAwait(false);
            return true;
        },
        static _ => false,
        IsRefused);

    private readonly TierCalls _calls = new(scheduler, timeoutMilliseconds, (failure, isChange) => onFailure(tier.Name, isChange, failure), opensAtTimeout: true);

    public ValueTask DisposeAsync() => tier.DisposeAsync();

    internal CacheTier Kind { get; } = tier.Kind;

    internal ValueTask<TierReading> GetAsync(string key) => _calls.TryAsync(Get, (tier, key));

    /// <summary>Several copies in one go; null when the tier can not be asked. The answers are the caller's to dispose.</summary>
    internal ValueTask<TierReading[]?> GetManyAsync(string[] keys) => _calls.TryAsync(GetMany, (tier, keys));

    internal ValueTask<bool> SetAsync(string key, TierWrite write, FenceToken token) => _calls.TryAsync(Set, (tier, key, write, token));

    internal ValueTask<bool> RemoveAsync(ReadOnlyMemory<string> keys) => _calls.TryAsync(Remove, (tier, keys));

    internal ValueTask<bool> ClearAsync() => _calls.TryAsync(ClearAll, tier);

    private static bool IsRefused(bool isDone, out Exception? failure)
    {
        failure = null;
        return !isDone;
    }
}
