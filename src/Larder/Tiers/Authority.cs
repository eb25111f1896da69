using Larder.Ports;
using Larder.Scheduling;

namespace Larder.Tiers;

/// <summary>The lowest tier, called under its time-out and breaker. Readers are turned away while removals wait in the queue for it, because it may still hold what was removed.</summary>
internal sealed class Authority(ITier tier, Scheduler scheduler, long timeoutMilliseconds, Action<string, bool, Exception?> onFailure) : IAsyncDisposable
{
    private static readonly TierCall<(ITier Tier, string Key, TierObservation? Observation), TierReading> Get = new(
        static (s, token) => s.Tier.GetAsync(s.Key, s.Observation, token), TierReading.Unavailable, IsUnavailable)
    {
        Late = GiveBack,
    };

    private static readonly TierCall<(ITier Tier, string Key, TierObservation? Observation), TierReading> Peek = new(
        static (s, token) => s.Tier.PeekAsync(s.Key, s.Observation, token), TierReading.Unavailable, IsUnavailable)
    {
        Late = GiveBack,
    };

    private static readonly TierCall<(ITier Tier, string[] Keys, TierObservation?[] Observations), TierReading[]?> GetMany = new(
        static async (s, token) =>
        {
            var readings = await s.Tier.GetManyAsync(s.Keys, s.Observations, token).ConfigureAwait(false);
            return readings?.Length == s.Keys.Length
                ? readings
                : throw new InvalidOperationException($"The tier answered {readings?.Length ?? 0} readings to {s.Keys.Length} keys.");
        },
        static _ => null,
        static (TierReading[]? readings, out Exception? failure) =>
        {
            foreach (ref readonly var reading in readings.AsSpan())
            {
                if (IsUnavailable(reading, out failure))
                {
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

    private static readonly TierCall<(ITier Tier, string Key, FenceToken Unusable, TierObservation Observation, TimeSpan LeaseTime), TierClaim> Claim = new(
        static (s, token) => s.Tier.ClaimAsync(s.Key, s.Unusable, s.Observation, s.LeaseTime, token),
        TierClaim.Unavailable,
        static (TierClaim claim, out Exception? failure) =>
        {
            failure = claim.Reading.Failure;
            return claim.Status == TierStatus.Unavailable;
        })
    {
        Late = static claim =>
        {
            claim.Dispose();
            return claim.Lease is { } lease ? lease.DisposeAsync() : ValueTask.CompletedTask;
        },
    };

    private static readonly TierCall<(ITierLease Lease, TierWrite Write, FenceToken Token), StoreOutcome> Fill = new(
        static (s, token) => s.Lease.FillAsync(s.Write, s.Token, token), static _ => StoreOutcome.Unavailable, IsUnavailable);

    private static readonly TierCall<(ITierLease Lease, bool DropsOlder), bool> Release = new(
        static async (s, token) =>
        {
            await s.Lease.ReleaseAsync(s.DropsOlder, token).ConfigureAwait(false);
            return true;
        },
        static _ => false,
        IsRefused);

    private static readonly TierCall<(ITier Tier, string Key, TierWrite Write, FenceToken Token, TierObservation? Observation), StoreOutcome> Set = new(
        static (s, token) => s.Tier.SetAsync(s.Key, s.Write, s.Token, s.Observation, token), static _ => StoreOutcome.Unavailable, IsUnavailable)
    {
        IsChange = true,
    };

    private static readonly TierCall<(ITier Tier, string Key, FenceToken Expected, TierWrite Write, FenceToken Token, TierObservation? Observation), StoreOutcome> Replace = new(
        static (s, token) => s.Tier.ReplaceAsync(s.Key, s.Expected, s.Write, s.Token, s.Observation, token), static _ => StoreOutcome.Unavailable, IsUnavailable)
    {
        IsChange = true,
    };

    private static readonly TierCall<(ITier Tier, ReadOnlyMemory<string> Keys), bool> Remove = new(
        static (s, token) => s.Tier.RemoveAsync(s.Keys, token), static _ => false, IsRefused)
    {
        IsChange = true,
    };

    private static readonly TierCall<(ITier Tier, string Key, long FreshUntil, FenceToken Token), bool> Expire = new(
        static (s, token) => s.Tier.ExpireAsync(s.Key, s.FreshUntil, s.Token, token), static _ => false, IsRefused)
    {
        IsChange = true,
    };

    private static readonly TierCall<(ITier Tier, string Key, TimeSpan HoldFor), bool> Hold = new(
        static (s, token) => s.Tier.HoldAsync(s.Key, s.HoldFor, token), static _ => false, IsRefused)
    {
        IsChange = true,
    };

    private static readonly TierCall<(ITier Tier, string Key, long Delta, TimeSpan Lifetime), IncrementReading> Increment = new(
        static (s, token) => s.Tier.IncrementAsync(s.Key, s.Delta, s.Lifetime, token),
        static failure => new IncrementReading(IncrementOutcome.Unavailable, failure: failure),
        static (IncrementReading reading, out Exception? failure) =>
        {
            failure = reading.Failure;
            return reading.Outcome == IncrementOutcome.Unavailable;
        })
    {
        IsChange = true,
    };

    private static readonly TierCall<(ITier Tier, string Key, TimeSpan Lifetime), FenceToken> Snapshot = new(
        static (s, token) => s.Tier.SnapshotAsync(s.Key, s.Lifetime, token),
        static _ => FenceToken.None,
        static (FenceToken _, out Exception? failure) =>
        {
            failure = null;
            return false;
        })
    {
        // No token is the answer of a key on hold, and of a tier that is away.
        SaysNothing = static token => token.IsNone,
    };

    private static readonly TierCall<(ITier Tier, ReadOnlyMemory<FenceName> Names), FenceToken[]?> ReadFences = new(
        static (s, token) => s.Tier.ReadFencesAsync(s.Names, token),
        static _ => null,
        static (FenceToken[]? tokens, out Exception? failure) =>
        {
            failure = null;
            return tokens is null;
        });

    private static readonly TierCall<(ITier Tier, FenceName Name), bool> MoveFence = new(
        static (s, token) => s.Tier.MoveFenceAsync(s.Name, token), static _ => false, IsRefused)
    {
        IsChange = true,
    };

    private readonly TierCalls _calls = new(scheduler, timeoutMilliseconds, (failure, isChange) => onFailure(tier.Name, isChange, failure), FirstContact(tier));
    private readonly ITierHealth? _health = tier as ITierHealth;
    private volatile bool _isBehind;

    public ValueTask DisposeAsync() => tier.DisposeAsync();

    internal string Name { get; } = tier.Name;

    internal CacheTier Kind { get; } = tier.Kind;

    /// <summary>True while the tier still has to be told of removals: it is not read until it has been.</summary>
    internal bool IsBehind
    {
        get => _isBehind;
        set => _isBehind = value;
    }

    /// <summary>True until the first attempt to reach the tier has ended, or has had its time: every call waits for that.</summary>
    internal bool IsOpening => _calls.IsOpening;

    /// <summary>True while nothing can have been learnt, kept or shared beside the tier, because every call still waits for the first contact.</summary>
    internal bool HasNoPast => _calls.HasNoPast;

    /// <summary>True when the tier itself says that it makes no sense to ask it now. One that can not say is asked.</summary>
    internal bool IsAway
    {
        get
        {
            try
            {
                return _health is { IsAvailable: false };
            }
            catch (Exception failed)
            {
                onFailure(Name, false, failed);
                return false;
            }
        }
    }

    /// <summary>Why the tier can not be asked, or has not answered, as far as is known: in words that may be shown, and as the exception that the last call ended with.</summary>
    internal TierFailure Why()
    {
        var failure = _calls.LastFailure;
        var reasons = new List<string>();
        if (_isBehind)
        {
            reasons.Add("Removals that it could not be told of wait in the queue, and before they are told it is not asked.");
        }

        if (Describe() is { Length: > 0 } description)
        {
            reasons.Add(description);
        }

        if (failure.Text.Length > 0)
        {
            reasons.Add($"Its last failure: {failure.Text}");
        }

        if (_calls.IsOpen)
        {
            reasons.Add("It has failed several times in a row, so only one read at a time asks it, after a pause that grows to 15 seconds.");
        }

        return new TierFailure(string.Join(' ', reasons), failure.Exception);
    }

    private string? Describe()
    {
        try
        {
            return _health?.Description;
        }
        catch (Exception failed)
        {
            onFailure(Name, false, failed);
            return null;
        }
    }

    private bool MayBeRead => !_isBehind && (_calls.IsOpening || !IsAway);

    internal ValueTask<TierReading> GetAsync(string key, TierObservation? observation) =>
        MayBeRead ? _calls.TryAsync(Get, (tier, key, observation)) : new(TierReading.Unavailable());

    /// <summary>Several keys in one go; null when the tier can not be asked. The answers are the caller's to dispose.</summary>
    internal ValueTask<TierReading[]?> GetManyAsync(string[] keys, TierObservation?[] observations) =>
        MayBeRead ? _calls.TryAsync(GetMany, (tier, keys, observations)) : new((TierReading[]?)null);

    /// <summary>The token alone.</summary>
    internal ValueTask<TierReading> PeekAsync(string key, TierObservation? observation) =>
        MayBeRead ? _calls.TryAsync(Peek, (tier, key, observation)) : new(TierReading.Unavailable());

    internal ValueTask<TierClaim> ClaimAsync(string key, FenceToken unusable, TierObservation observation, TimeSpan leaseTime) =>
        MayBeRead ? _calls.TryAsync(Claim, (tier, key, unusable, observation, leaseTime)) : new(TierClaim.Unavailable());

    internal ValueTask<StoreOutcome> FillAsync(ITierLease lease, TierWrite write, FenceToken token) => _calls.CallAsync(Fill, (lease, write, token));

    internal ValueTask<bool> ReleaseAsync(ITierLease lease, bool dropsOlder) => _calls.CallAsync(Release, (lease, dropsOlder));

    internal ValueTask<StoreOutcome> SetAsync(string key, TierWrite write, FenceToken token, TierObservation? observation) =>
        _calls.CallAsync(Set, (tier, key, write, token, observation));

    internal ValueTask<StoreOutcome> ReplaceAsync(string key, FenceToken expected, TierWrite write, FenceToken token, TierObservation? observation) =>
        _calls.CallAsync(Replace, (tier, key, expected, write, token, observation));

    internal ValueTask<bool> RemoveAsync(ReadOnlyMemory<string> keys) => _calls.CallAsync(Remove, (tier, keys));

    /// <summary>Whether the tier has holds.</summary>
    internal bool CanHold => tier.CanHold;

    internal ValueTask<bool> HoldAsync(string key, TimeSpan holdFor) => _calls.CallAsync(Hold, (tier, key, holdFor));

    internal ValueTask<bool> ExpireAsync(string key, long freshUntil) => _calls.CallAsync(Expire, (tier, key, freshUntil, NewToken()));

    /// <summary>A fresh token, for each store that is sent.</summary>
    internal FenceToken NewToken() => FenceToken.Create(scheduler.FillRandom);

    /// <summary>A number is read by adding to it, so it is not asked for either while the tier has to be told of removals.</summary>
    internal ValueTask<IncrementReading> IncrementAsync(string key, long delta, TimeSpan lifetime) =>
        _isBehind ? new(new IncrementReading(IncrementOutcome.Unavailable)) : _calls.CallAsync(Increment, (tier, key, delta, lifetime));

    internal ValueTask<FenceToken> SnapshotAsync(string key, TimeSpan lifetime) =>
        MayBeRead ? _calls.TryAsync(Snapshot, (tier, key, lifetime)) : new(FenceToken.None);

    internal ValueTask<FenceToken[]?> ReadFencesAsync(ReadOnlyMemory<FenceName> names) =>
        MayBeRead ? _calls.TryAsync(ReadFences, (tier, names)) : new((FenceToken[]?)null);

    internal ValueTask<bool> MoveFenceAsync(FenceName name) => _calls.CallAsync(MoveFence, (tier, name));

    /// <summary>A tier that can not say is not waited for.</summary>
    private static Task FirstContact(ITier tier)
    {
        try
        {
            return (tier as ITierHealth)?.FirstContact ?? Task.CompletedTask;
        }
        catch (Exception)
        {
            return Task.CompletedTask;
        }
    }

    private static bool IsUnavailable(TierReading reading, out Exception? failure)
    {
        failure = reading.Failure;
        return reading.Status == TierStatus.Unavailable;
    }

    private static bool IsUnavailable(StoreOutcome outcome, out Exception? failure)
    {
        failure = null;
        return outcome == StoreOutcome.Unavailable;
    }

    private static bool IsRefused(bool isDone, out Exception? failure)
    {
        failure = null;
        return !isDone;
    }

    private static ValueTask GiveBack(TierReading reading)
    {
        reading.Dispose();
        return default;
    }
}
