using System.Buffers;
using System.Buffers.Binary;
using Larder.Ports;

namespace Larder.Tests.Support;

/// <summary>
/// An authority in a dictionary, for one cache at a time: what it holds outlives the cache, like a store that one process uses after the other. Its calls can be made to wait, fail or answer with damaged bytes.
/// </summary>
internal sealed class Shelf
{
    private readonly object _gate = new();
    private readonly Dictionary<string, (FenceToken Token, byte[]? Body)> _slots = [];
    private readonly Dictionary<string, long> _numbers = [];
    private readonly Dictionary<FenceName, FenceToken> _fences = [];

    internal bool IsDown { get; set; }

    internal bool Throws { get; set; }

    /// <summary>Awaited by every call, by the name of the member, when set.</summary>
    internal Func<string, Task>? Before { get; set; }

    internal Func<byte[], byte[]>? Damage { get; set; }

    internal List<string> Calls { get; } = [];

    internal int Count
    {
        get
        {
            lock (_gate)
            {
                return _slots.Count(slot => slot.Value.Body is not null);
            }
        }
    }

    /// <summary>What claims of a key wait for, as if another node were loading it; null for nothing. Asked by each claim.</summary>
    internal Func<string, Task?>? Busy { get; set; }

    /// <summary>What a shared tier answers when it is asked for its health; null for true.</summary>
    internal Func<bool>? IsAvailable { get; set; }

    /// <summary>What every claim is answered with, when set.</summary>
    internal Func<TierClaim>? Claims { get; set; }

    /// <summary>Changes the answer to a claim, when set.</summary>
    internal Func<string, TierClaim, TierClaim>? Claimed { get; set; }

    internal ITier Open() => new Tier(this);

    /// <summary>The same for a cache that has to wait for other nodes after a change.</summary>
    internal ITier OpenShared() => new SharedTier(this);

    internal bool Holds(string key)
    {
        lock (_gate)
        {
            return _slots.TryGetValue(key, out var slot) && slot.Body is not null;
        }
    }

    private async ValueTask<bool> EnterAsync(string call)
    {
        lock (_gate)
        {
            Calls.Add(call);
        }

        if (Before is { } before)
        {
            await before(call);
        }

        return Throws ? throw new InvalidOperationException("the shelf broke") : !IsDown;
    }

    private sealed class SharedTier(Shelf shelf) : Tier(shelf), ICoherence, ITierHealth
    {
        public bool IsAvailable => Shelf.IsAvailable?.Invoke() ?? true;

        public string Description => "a shelf";

        public CoherenceLevel Level => CoherenceLevel.Eventual;

        public CoherenceGate Gate { get; } = new(isOpen: true);

        public ValueTask<bool> SynchronizeAsync(CancellationToken cancellationToken) => Shelf.EnterAsync("Synchronize");
    }

    private class Tier(Shelf shelf) : ITier
    {
        public string Name => "shelf";

        public CacheTier Kind => CacheTier.Remote;

        public void Attach(TierHost host)
        {
        }

        public ValueTask DisposeAsync() => default;

        public async ValueTask<TierReading> GetAsync(string key, TierObservation? observation, CancellationToken cancellationToken)
        {
            if (!await shelf.EnterAsync("Get"))
            {
                return TierReading.Unavailable();
            }

            lock (shelf._gate)
            {
                observation?.Arm();
                return shelf._slots.TryGetValue(key, out var slot) && slot.Body is { } body ? Reading(slot.Token, body) : TierReading.Absent;
            }
        }

        public async ValueTask<TierReading[]> GetManyAsync(
            ReadOnlyMemory<string> keys, ReadOnlyMemory<TierObservation?> observations, CancellationToken cancellationToken)
        {
            var isUp = await shelf.EnterAsync("GetMany");
            var readings = new TierReading[keys.Length];
            lock (shelf._gate)
            {
                for (var i = 0; i < readings.Length; i++)
                {
                    var isThere = shelf._slots.TryGetValue(keys.Span[i], out var slot) && slot.Body is not null;
                    readings[i] = !isUp ? TierReading.Unavailable() : isThere ? Reading(slot.Token, slot.Body!) : TierReading.Absent;
                    if (isUp)
                    {
                        observations.Span[i]?.Arm();
                    }
                }
            }

            return readings;
        }

        public async ValueTask<TierClaim> ClaimAsync(
            string key, FenceToken unusable, TierObservation observation, TimeSpan leaseTime, CancellationToken cancellationToken)
        {
            if (!await shelf.EnterAsync("Claim"))
            {
                return TierClaim.Unavailable();
            }

            if (shelf.Claims is { } claims)
            {
                return claims();
            }

            if (shelf.Busy?.Invoke(key) is { } changed)
            {
                return TierClaim.Busy(changed);
            }

            lock (shelf._gate)
            {
                observation.Arm();
                if (shelf._slots.TryGetValue(key, out var slot) && slot.Body is { } body && slot.Token != unusable)
                {
                    return new TierClaim(Reading(slot.Token, body));
                }

                // One process, whose flights keep others out: a claim always succeeds.
                var expected = slot.Body is null ? FenceToken.Create() : slot.Token;
                if (slot.Body is null)
                {
                    shelf._slots[key] = (expected, null);
                }

                var leased = TierClaim.Leased(new Lease(this, key, expected));
                return shelf.Claimed?.Invoke(key, leased) ?? leased;
            }
        }

        public async ValueTask<StoreOutcome> SetAsync(
            string key, TierWrite write, FenceToken token, TierObservation? observation, CancellationToken cancellationToken)
        {
            if (!await shelf.EnterAsync("Set"))
            {
                return StoreOutcome.Unavailable;
            }

            lock (shelf._gate)
            {
                shelf._slots[key] = (token, write.Body.ToArray());
                observation?.Arm();
                return StoreOutcome.Stored;
            }
        }

        public async ValueTask<StoreOutcome> ReplaceAsync(
            string key, FenceToken expected, TierWrite write, FenceToken token, TierObservation? observation, CancellationToken cancellationToken)
        {
            if (!await shelf.EnterAsync("Replace"))
            {
                return StoreOutcome.Unavailable;
            }

            lock (shelf._gate)
            {
                if (!shelf._slots.TryGetValue(key, out var slot) || slot.Token != expected)
                {
                    return StoreOutcome.FencedOff;
                }

                shelf._slots[key] = (token, write.Body.ToArray());
                observation?.Arm();
                return StoreOutcome.Stored;
            }
        }

        public async ValueTask<FenceToken> SnapshotAsync(string key, TimeSpan lifetime, CancellationToken cancellationToken)
        {
            if (!await shelf.EnterAsync("Snapshot"))
            {
                return FenceToken.None;
            }

            lock (shelf._gate)
            {
                if (!shelf._slots.TryGetValue(key, out var slot))
                {
                    slot = (FenceToken.Create(), null);
                    shelf._slots[key] = slot;
                }

                return slot.Token;
            }
        }

        public async ValueTask<bool> RemoveAsync(ReadOnlyMemory<string> keys, CancellationToken cancellationToken)
        {
            if (!await shelf.EnterAsync("Remove"))
            {
                return false;
            }

            lock (shelf._gate)
            {
                foreach (var key in keys.Span)
                {
                    shelf._slots.Remove(key);
                    shelf._numbers.Remove(key);
                }

                return true;
            }
        }

        public async ValueTask<bool> ExpireAsync(string key, long freshUntil, FenceToken token, CancellationToken cancellationToken)
        {
            if (!await shelf.EnterAsync("Expire"))
            {
                return false;
            }

            lock (shelf._gate)
            {
                if (shelf._slots.TryGetValue(key, out var slot) && slot.Body is { } body)
                {
                    BinaryPrimitives.WriteInt64BigEndian(body, Math.Min(freshUntil, BinaryPrimitives.ReadInt64BigEndian(body)));
                    shelf._slots[key] = (token, body);
                }
                else
                {
                    shelf._slots.Remove(key);
                }

                return true;
            }
        }

        public async ValueTask<IncrementReading> IncrementAsync(string key, long delta, TimeSpan lifetime, CancellationToken cancellationToken)
        {
            if (!await shelf.EnterAsync("Increment"))
            {
                return new IncrementReading(IncrementOutcome.Unavailable);
            }

            lock (shelf._gate)
            {
                if (shelf._slots.TryGetValue(key, out var slot) && slot.Body is not null)
                {
                    return new IncrementReading(IncrementOutcome.NotANumber);
                }

                var before = shelf._numbers.GetValueOrDefault(key);
                if ((delta > 0 && before > long.MaxValue - delta) || (delta < 0 && before < long.MinValue - delta))
                {
                    return new IncrementReading(IncrementOutcome.Overflow);
                }

                shelf._slots.Remove(key);
                return new IncrementReading(IncrementOutcome.Done, shelf._numbers[key] = before + delta);
            }
        }

        public async ValueTask<FenceToken[]?> ReadFencesAsync(ReadOnlyMemory<FenceName> names, CancellationToken cancellationToken)
        {
            if (!await shelf.EnterAsync("ReadFences"))
            {
                return null;
            }

            lock (shelf._gate)
            {
                var tokens = new FenceToken[names.Length];
                for (var i = 0; i < tokens.Length; i++)
                {
                    if (!shelf._fences.TryGetValue(names.Span[i], out tokens[i]))
                    {
                        tokens[i] = shelf._fences[names.Span[i]] = FenceToken.Create();
                    }
                }

                return tokens;
            }
        }

        public async ValueTask<bool> MoveFenceAsync(FenceName name, CancellationToken cancellationToken)
        {
            if (!await shelf.EnterAsync("MoveFence"))
            {
                return false;
            }

            lock (shelf._gate)
            {
                shelf._fences[name] = FenceToken.Create();
                if (name == FenceName.Cache)
                {
                    shelf._numbers.Clear();
                }

                return true;
            }
        }

        private TierReading Reading(FenceToken token, byte[] body) =>
            new(TierStatus.Done, token, new ReadOnlySequence<byte>(shelf.Damage?.Invoke([.. body]) ?? body));

        private sealed class Lease(Tier tier, string key, FenceToken expected) : ITierLease
        {
            public ValueTask<StoreOutcome> FillAsync(TierWrite write, FenceToken token, CancellationToken cancellationToken) =>
                tier.ReplaceAsync(key, expected, write, token, observation: null, cancellationToken);

            public async ValueTask ReleaseAsync(bool dropsOlder, CancellationToken cancellationToken)
            {
                if (await tier.Shelf.EnterAsync("Release"))
                {
                    lock (tier.Shelf._gate)
                    {
                        if (tier.Shelf._slots.TryGetValue(key, out var slot) && slot.Token == expected && (slot.Body is null || dropsOlder))
                        {
                            tier.Shelf._slots.Remove(key);
                        }
                    }
                }
            }

            public ValueTask DisposeAsync() => ReleaseAsync(dropsOlder: false, CancellationToken.None);
        }

        protected Shelf Shelf => shelf;
    }
}
