using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Larder.Coherence;
using Larder.Testing.Tests.Faults;

namespace Larder.Testing.Tests.Contract;

/// <summary>The contract notices faults: each of these tiers does one thing wrong, and the rule about that thing says so.</summary>
public sealed class WrongTierTests
{
    [Fact]
    public Task Get_ThatDoesNotArm_IsNoticed() =>
        NoticedAsync(inner => new NotArming(inner), contract => contract.Reading.AReadingArmsItsObservation(), "arms the observation");

    [Fact]
    public Task Get_ThatMakesTokensUp_IsNoticed() =>
        NoticedAsync(inner => new MakingTokensUp(inner), contract => contract.Reading.AValueIsAnsweredWithItsToken(), "its token: expected");

    [Fact]
    public Task Get_ThatThrows_IsNoticed() =>
        NoticedAsync(inner => new Throwing(inner), contract => contract.Reading.AMissingKeyIsAbsent(), "does not throw; seen TimeoutException");

    [Fact]
    public Task GetMany_InAnotherOrder_IsNoticed() =>
        NoticedAsync(inner => new Reversing(inner), contract => contract.Reading.ManyKeysAreAnsweredInTheirOrder(), "GetManyAsync, key 0");

    [Fact]
    public Task Keys_WithoutRegardToCase_AreNoticed() =>
        NoticedAsync(inner => new IgnoringCase(inner), contract => contract.Reading.KeysAreToldApart(), "The token of the key");

    [Fact]
    public Task Claim_ThatIsGivenToEverybody_IsNoticed() =>
        NoticedAsync(inner => new Generous(inner), contract => contract.Claims.OneOfManyGetsTheLease(), "expected 1, seen 12");

    [Fact]
    public Task Claim_ThatForgetsALeaseNobodyWaitsFor_IsNoticed() =>
        NoticedAsync(inner => new Forgetful(inner), contract => contract.Claims.ACancelledClaimLeavesNothingBehind(), "once a right that nobody waits for is given back");

    [Fact]
    public Task Claim_ThatIgnoresUnusableValues_IsNoticed() =>
        NoticedAsync(inner => new IgnoringUnusable(inner), contract => contract.Claims.AnUnusableValueStaysForOthers(), "expected Leased, seen Done");

    [Fact]
    public Task Release_ThatRemovesTheFilledValue_IsNoticed() =>
        NoticedAsync(inner => new Leasing(inner, static (tier, key, lease) => new RemovingLease(tier, key, lease)), contract => contract.Claims.AReleaseAfterAFillDoesNothing(), "expected Done, seen Absent");

    [Fact]
    public Task Fill_WithoutFence_IsNoticed() =>
        NoticedAsync(inner => new Leasing(inner, static (tier, key, lease) => new UnfencedLease(tier, key, lease)), contract => contract.Fills.ARemovalFencesOff(), "expected FencedOff, seen Stored");

    [Fact]
    public Task Set_ThatKeepsTheCallersBytes_IsNoticed() =>
        NoticedAsync(inner => new Borrowing(inner), contract => contract.Writes.TheBytesAreTheCallers(), "the 40 bytes that were written");

    [Fact]
    public Task Replace_ThatIgnoresTheToken_IsNoticed() =>
        NoticedAsync(inner => new Overwriting(inner), contract => contract.Writes.AReplaceNeedsTheToken(), "expected FencedOff, seen Stored");

    [Fact]
    public Task Snapshot_ThatKeepsOthersOut_IsNoticed() =>
        NoticedAsync(inner => new SnapshottingByLease(inner), contract => contract.Snapshots.OfAMissingKeyItMakesNobodyWait(), "expected Leased, seen Busy");

    [Fact]
    public Task Remove_ThatSkipsMissingKeys_IsNoticedByTheFence() =>
        NoticedAsync(inner => new Skipping(inner), contract => contract.Snapshots.OfAMissingKeyARemovalFencesItOff(), "expected FencedOff, seen Stored");

    [Fact]
    public Task Remove_ThatSkipsMissingKeys_IsNoticedByOtherNodes() =>
        NoticedAsync(inner => new Skipping(inner), contract => contract.News.ARemovalVoidsWhatWasMissing(), "voids what another one has found missing");

    [Fact]
    public Task Expire_ThatDoesNothing_IsNoticed() =>
        NoticedAsync(inner => new NeverExpiring(inner), contract => contract.Removals.AnExpireMovesTheEndOfFreshness(), "its token: expected");

    [Fact]
    public Task Increment_ByFloatingPoint_IsNoticed() =>
        NoticedAsync(inner => new Rounding(inner), contract => contract.Numbers.NumbersAreAdded(), "The number after IncrementAsync");

    [Fact]
    public Task Increment_InTwoSteps_IsNoticed() =>
        NoticedAsync(inner => new CountingInTwoSteps(inner), contract => contract.Numbers.ManyIncrementsAreAllCounted(), "How many different numbers");

    [Fact]
    public Task Increment_ThatSurvivesAMovedFence_IsNoticed() =>
        NoticedAsync(inner => new NeverForgetting(inner), contract => contract.Numbers.AMovedCacheFenceEndsNumbers(), "The number after IncrementAsync");

    [Fact]
    public Task MoveFence_ThatDoesNothing_IsNoticed() =>
        NoticedAsync(inner => new Immovable(inner), contract => contract.Fences.AMovedFenceIsAnother(), "Whether the fence");

    [Fact]
    public Task Lifetimes_InWholeSeconds_AreNoticed() =>
        NoticedAsync(inner => new Seconds(inner), contract => contract.Forms.ALifetimeMayBeShort(), "after a lifetime of 800 ms");

    [Fact]
    public Task Listener_ThatIsNeverTold_IsNoticed() => NoticedAsync(inner => new Silent(inner), contract => contract.News.EveryChangeVoidsWhatWasRead(), "voids what another one has read");

    [Fact]
    public Task Listener_ThatIsNeverToldOfFences_IsNoticed() =>
        NoticedAsync(inner => new Silent(inner), contract => contract.Fences.OtherNodesAreToldOfAMove(), "FenceMoved is called");

    [Fact]
    public async Task CopyTier_ThatOutlivesItsLifetime_IsNoticed()
    {
        var contract = new CopyTierContract(_ => new Immortal());

        var exception = await Assert.ThrowsAsync<TierContractException>(contract.ACopyEndsWithItsLifetime);

        Assert.Contains("after a lifetime of 800 ms", exception.Message, StringComparison.Ordinal);
    }

    // The tier inside keeps the contract, as LinkedAuthorityContractTests prove: what is noticed is the fault.
    private static async Task NoticedAsync(Func<ITier, WrongTier> wrong, Func<TierContract, Task> rule, string message)
    {
        var stores = new ConditionalWeakTable<ITier, MemoryAuthority>();
        var contract = new TierContract(time => Make(new MemoryAuthority(time)))
        {
            MakeAnother = (tier, _) => stores.TryGetValue(tier, out var store) ? Make(store) : throw new InvalidOperationException("The tier is not one of these."),
            Patience = TimeSpan.FromSeconds(2),
        };

        var exception = await Assert.ThrowsAsync<TierContractException>(() => rule(contract));

        Assert.Contains(message, exception.Message, StringComparison.Ordinal);

        ITier Make(MemoryAuthority store)
        {
            var tier = wrong(new LinkedAuthority(store.Connect()));
            stores.Add(tier, store);
            return tier;
        }
    }

    private sealed class NotArming(ITier inner) : WrongTier(inner)
    {
        public override ValueTask<TierReading> GetAsync(string key, TierObservation? observation, CancellationToken cancellationToken) =>
            Inner.GetAsync(key, null, cancellationToken);
    }

    private sealed class MakingTokensUp(ITier inner) : WrongTier(inner)
    {
        public override async ValueTask<TierReading> GetAsync(string key, TierObservation? observation, CancellationToken cancellationToken)
        {
            var reading = await Inner.GetAsync(key, observation, cancellationToken);
            return reading.HasValue ? new TierReading(TierStatus.Done, FenceToken.Create(), reading.Body) : reading;
        }
    }

    private sealed class Throwing(ITier inner) : WrongTier(inner)
    {
        public override ValueTask<TierReading> GetAsync(string key, TierObservation? observation, CancellationToken cancellationToken) =>
            throw new TimeoutException("The store is slow.");
    }

    private sealed class Reversing(ITier inner) : WrongTier(inner)
    {
        public override async ValueTask<TierReading[]> GetManyAsync(
            ReadOnlyMemory<string> keys, ReadOnlyMemory<TierObservation?> observations, CancellationToken cancellationToken)
        {
            var readings = await Inner.GetManyAsync(keys, observations, cancellationToken);
            Array.Reverse(readings);
            return readings;
        }
    }

    private sealed class IgnoringCase(ITier inner) : WrongTier(inner)
    {
        public override ValueTask<TierReading> GetAsync(string key, TierObservation? observation, CancellationToken cancellationToken) =>
            Inner.GetAsync(key.ToUpperInvariant(), observation, cancellationToken);

        public override ValueTask<StoreOutcome> SetAsync(
            string key, TierWrite write, FenceToken token, TierObservation? observation, CancellationToken cancellationToken) =>
            Inner.SetAsync(key.ToUpperInvariant(), write, token, observation, cancellationToken);
    }

    private sealed class Generous(ITier inner) : WrongTier(inner)
    {
        public override ValueTask<TierClaim> ClaimAsync(
            string key, FenceToken unusable, TierObservation observation, TimeSpan leaseTime, CancellationToken cancellationToken) =>
            Inner.ClaimAsync($"{key}{Guid.NewGuid()}", unusable, observation, leaseTime, cancellationToken);
    }

    private sealed class Forgetful(ITier inner) : WrongTier(inner)
    {
        public override async ValueTask<TierClaim> ClaimAsync(
            string key, FenceToken unusable, TierObservation observation, TimeSpan leaseTime, CancellationToken cancellationToken)
        {
            var claim = await Inner.ClaimAsync(key, unusable, observation, leaseTime, CancellationToken.None);
            cancellationToken.ThrowIfCancellationRequested();
            return claim;
        }
    }

    private sealed class IgnoringUnusable(ITier inner) : WrongTier(inner)
    {
        public override ValueTask<TierClaim> ClaimAsync(
            string key, FenceToken unusable, TierObservation observation, TimeSpan leaseTime, CancellationToken cancellationToken) =>
            Inner.ClaimAsync(key, FenceToken.None, observation, leaseTime, cancellationToken);
    }

    private sealed class Leasing(ITier inner, Func<ITier, string, ITierLease, ITierLease> wrong) : WrongTier(inner)
    {
        public override async ValueTask<TierClaim> ClaimAsync(
            string key, FenceToken unusable, TierObservation observation, TimeSpan leaseTime, CancellationToken cancellationToken)
        {
            var claim = await Inner.ClaimAsync(key, unusable, observation, leaseTime, cancellationToken);
            return claim.Lease is { } lease ? TierClaim.Leased(wrong(Inner, key, lease)) : claim;
        }
    }

    private sealed class RemovingLease(ITier tier, string key, ITierLease inner) : ITierLease
    {
        public ValueTask<StoreOutcome> FillAsync(TierWrite write, FenceToken token, CancellationToken cancellationToken) => inner.FillAsync(write, token, cancellationToken);

        public async ValueTask ReleaseAsync(bool dropsOlder, CancellationToken cancellationToken) => await tier.RemoveAsync(new[] { key }, cancellationToken);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }

    private sealed class UnfencedLease(ITier tier, string key, ITierLease inner) : ITierLease
    {
        public ValueTask<StoreOutcome> FillAsync(TierWrite write, FenceToken token, CancellationToken cancellationToken) =>
            tier.SetAsync(key, write, token, null, cancellationToken);

        public ValueTask ReleaseAsync(bool dropsOlder, CancellationToken cancellationToken) => inner.ReleaseAsync(dropsOlder, cancellationToken);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }

    private sealed class Borrowing(ITier inner) : WrongTier(inner)
    {
        private readonly ConcurrentDictionary<string, (FenceToken Token, ReadOnlySequence<byte> Body)> _values = new();

        public override ValueTask<TierReading> GetAsync(string key, TierObservation? observation, CancellationToken cancellationToken) =>
            new(_values.TryGetValue(key, out var value) ? new TierReading(TierStatus.Done, value.Token, value.Body) : TierReading.Absent);

        public override ValueTask<StoreOutcome> SetAsync(
            string key, TierWrite write, FenceToken token, TierObservation? observation, CancellationToken cancellationToken)
        {
            _values[key] = (token, write.Body);
            return new ValueTask<StoreOutcome>(StoreOutcome.Stored);
        }
    }

    private sealed class Overwriting(ITier inner) : WrongTier(inner)
    {
        public override ValueTask<StoreOutcome> ReplaceAsync(
            string key, FenceToken expected, TierWrite write, FenceToken token, TierObservation? observation, CancellationToken cancellationToken) =>
            Inner.SetAsync(key, write, token, observation, cancellationToken);
    }

    private sealed class SnapshottingByLease(ITier inner) : WrongTier(inner)
    {
        public override async ValueTask<FenceToken> SnapshotAsync(string key, TimeSpan lifetime, CancellationToken cancellationToken)
        {
            await Inner.ClaimAsync(key, FenceToken.None, new TierObservation(key), lifetime, cancellationToken);
            return await Inner.SnapshotAsync(key, lifetime, cancellationToken);
        }
    }

    private sealed class Skipping(ITier inner) : WrongTier(inner)
    {
        public override async ValueTask<bool> RemoveAsync(ReadOnlyMemory<string> keys, CancellationToken cancellationToken)
        {
            foreach (var key in keys.ToArray())
            {
                using var reading = await Inner.GetAsync(key, null, cancellationToken);
                if (reading.HasValue)
                {
                    await Inner.RemoveAsync(new[] { key }, cancellationToken);
                }
            }

            return true;
        }
    }

    private sealed class NeverExpiring(ITier inner) : WrongTier(inner)
    {
        public override ValueTask<bool> ExpireAsync(string key, long freshUntil, FenceToken token, CancellationToken cancellationToken) => new(true);
    }

    private sealed class Rounding(ITier inner) : WrongTier(inner)
    {
        public override async ValueTask<IncrementReading> IncrementAsync(string key, long delta, TimeSpan lifetime, CancellationToken cancellationToken)
        {
            var reading = await Inner.IncrementAsync(key, delta, lifetime, cancellationToken);
            return new IncrementReading(reading.Outcome, (long)(double)reading.Value);
        }
    }

    private sealed class CountingInTwoSteps(ITier inner) : WrongTier(inner)
    {
        private readonly object _gate = new();
        private long _number;
        private TaskCompletionSource? _first;

        public override async ValueTask<IncrementReading> IncrementAsync(string key, long delta, TimeSpan lifetime, CancellationToken cancellationToken)
        {
            // Two at a time have read before either of them writes.
            long before;
            Task both;
            lock (_gate)
            {
                before = _number;
                var first = _first;
                _first = first is null ? new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously) : null;
                both = first?.Task ?? _first!.Task;
                first?.SetResult();
            }

            await both;
            lock (_gate)
            {
                return new IncrementReading(IncrementOutcome.Done, _number = before + delta);
            }
        }
    }

    private sealed class NeverForgetting(ITier inner) : WrongTier(inner)
    {
        private readonly object _gate = new();
        private long _number;

        public override ValueTask<IncrementReading> IncrementAsync(string key, long delta, TimeSpan lifetime, CancellationToken cancellationToken)
        {
            lock (_gate)
            {
                return new(new IncrementReading(IncrementOutcome.Done, _number += delta));
            }
        }
    }

    private sealed class Immovable(ITier inner) : WrongTier(inner)
    {
        public override ValueTask<bool> MoveFenceAsync(FenceName name, CancellationToken cancellationToken) => new(true);
    }

    private sealed class Seconds(ITier inner) : WrongTier(inner)
    {
        public override ValueTask<StoreOutcome> SetAsync(
            string key, TierWrite write, FenceToken token, TierObservation? observation, CancellationToken cancellationToken) =>
            Inner.SetAsync(key, new TierWrite(write.Body, TimeSpan.FromSeconds(Math.Ceiling(write.Lifetime.TotalSeconds) + 1)), token, observation, cancellationToken);
    }

    private sealed class Silent(ITier inner) : WrongTier(inner), ITierListener
    {
        public override void Attach(TierHost host) => base.Attach(new TierHost(host.CacheName, this, host.TimeProvider));

        public void KeyChanged(string key)
        {
        }

        public void FenceMoved(FenceName name)
        {
        }

        public void Missed()
        {
        }
    }

    private sealed class Immortal : ICopyTier
    {
        private readonly MemoryCopyTier _inner = new();

        public string Name => "immortal";

        public CacheTier Kind => CacheTier.Disk;

        public void Attach(TierHost host) => _inner.Attach(host);

        public ValueTask<TierReading> GetAsync(string key, CancellationToken cancellationToken) => _inner.GetAsync(key, cancellationToken);

        public ValueTask SetAsync(string key, TierWrite write, FenceToken token, CancellationToken cancellationToken) =>
            _inner.SetAsync(key, new TierWrite(write.Body, TimeSpan.FromDays(1)), token, cancellationToken);

        public ValueTask RemoveAsync(ReadOnlyMemory<string> keys, CancellationToken cancellationToken) => _inner.RemoveAsync(keys, cancellationToken);

        public ValueTask ClearAsync(CancellationToken cancellationToken) => _inner.ClearAsync(cancellationToken);

        public ValueTask DisposeAsync() => _inner.DisposeAsync();
    }
}
