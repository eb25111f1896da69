using System.Buffers;
using FileTier;
using Larder.Testing.Tests.Support;

namespace Larder.Testing.Tests.Faults;

public sealed class FaultyTierTests : IAsyncDisposable
{
    private static readonly string Root = Path.Combine(Path.GetTempPath(), $"larder-faults-{Environment.ProcessId}");

    private readonly string _folder = Path.Combine(Root, Guid.NewGuid().ToString("N"));
    private readonly FakeClock _clock = new();
    private readonly FaultyTier _tier;

    public FaultyTierTests()
    {
        _tier = FaultyTier.Around(new FileAuthority(_folder));
        _tier.Attach(new TierHost("shop", new Listening(), _clock));
    }

    public async ValueTask DisposeAsync()
    {
        await _tier.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Fail_AllOperations_AnswersAsATierThatIsAway()
    {
        _tier.Faults.Fail();

        Assert.Equal(TierStatus.Unavailable, (await GetAsync()).Status);
        Assert.Equal(TierStatus.Unavailable, (await _tier.PeekAsync("k", null, CancellationToken.None)).Status);
        Assert.Equal(TierStatus.Unavailable, Assert.Single(await _tier.GetManyAsync(new[] { "k" }, new TierObservation?[1], CancellationToken.None)).Status);
        Assert.Equal(TierStatus.Unavailable, (await ClaimAsync()).Status);
        Assert.Equal(StoreOutcome.Unavailable, await SetAsync(1));
        Assert.Equal(StoreOutcome.Unavailable, await _tier.ReplaceAsync("k", Node.Token(1), Write(1), Node.Token(2), null, CancellationToken.None));
        Assert.True((await _tier.SnapshotAsync("k", TimeSpan.FromMinutes(1), CancellationToken.None)).IsNone);
        Assert.False(await RemoveAsync());
        Assert.False(await _tier.ExpireAsync("k", 1, Node.Token(3), CancellationToken.None));
        Assert.Equal(IncrementOutcome.Unavailable, (await _tier.IncrementAsync("k", 1, TimeSpan.FromMinutes(1), CancellationToken.None)).Outcome);
        Assert.Null(await _tier.ReadFencesAsync(new[] { FenceName.Cache }, CancellationToken.None));
        Assert.False(await _tier.MoveFenceAsync(FenceName.Cache, CancellationToken.None));
        Assert.Equal(12, _tier.Faults.Calls());
    }

    [Fact]
    public async Task Fail_ThreeTimes_ThenWorks()
    {
        var fault = _tier.Faults.Fail(TierOperations.Set, times: 3);

        Assert.Equal(
            [StoreOutcome.Unavailable, StoreOutcome.Unavailable, StoreOutcome.Unavailable, StoreOutcome.Stored],
            [await SetAsync(1), await SetAsync(2), await SetAsync(3), await SetAsync(4)]);
        Assert.Equal(3, fault.Hits);
        Assert.Equal(4, _tier.Faults.Calls(TierOperations.Set));
        Assert.Equal(Node.Token(4), (await GetAsync()).Token);
    }

    [Fact]
    public async Task Fail_Afterwards_CarriesTheCallOut()
    {
        using (_ = await GetAsync())
        {
            _tier.Faults.Fail(TierOperations.Stores | TierOperations.Claim, afterwards: true);
        }

        Assert.Equal(StoreOutcome.Unavailable, await SetAsync(1));
        Assert.Equal(Node.Token(1), (await GetAsync()).Token);
        await RemoveAsync();
        Assert.Equal(TierStatus.Unavailable, (await ClaimAsync()).Status);
        _tier.Faults.HealAll();

        // The lease that nobody was told of was given back.
        Assert.Equal(TierStatus.Leased, (await ClaimAsync()).Status);
    }

    [Fact]
    public async Task Fail_OfFills_ConcernsTheLeases()
    {
        _tier.Faults.Fail(TierOperations.Fill, times: 1);
        var claim = await ClaimAsync();

        Assert.Equal(StoreOutcome.Unavailable, await claim.Lease!.FillAsync(Write(1), Node.Token(1), CancellationToken.None));
        Assert.Equal(StoreOutcome.Stored, await claim.Lease!.FillAsync(Write(1), Node.Token(1), CancellationToken.None));
    }

    [Fact]
    public async Task Throw_ThrowsWhatItWasTold()
    {
        _tier.Faults.Throw(TierOperations.Get, new TimeoutException("told"), times: 1);
        _tier.Faults.Throw(TierOperations.Get, times: 1);

        Assert.Equal("told", (await Assert.ThrowsAsync<TimeoutException>(GetAsync)).Message);
        await Assert.ThrowsAsync<IOException>(GetAsync);
        Assert.Equal(TierStatus.Absent, (await GetAsync()).Status);
    }

    [Fact]
    public async Task Hang_UntilHealed_ThenGoesOn()
    {
        var fault = _tier.Faults.Hang(TierOperations.Set, times: 1);
        var hanging = SetAsync(1);

        Assert.False(hanging.IsCompleted);
        Assert.Equal(1, fault.Hanging);
        Assert.Equal(TierStatus.Absent, (await GetAsync()).Status);
        fault.Heal();

        Assert.Equal(StoreOutcome.Stored, await hanging.WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Equal(0, fault.Hanging);
    }

    [Fact]
    public async Task Hang_Afterwards_HasHappenedAlready()
    {
        var fault = _tier.Faults.Hang(TierOperations.Set, afterwards: true);
        var hanging = SetAsync(1);
        while ((await GetAsync()).Status == TierStatus.Absent)
        {
            await Task.Yield();
        }

        Assert.False(hanging.IsCompleted);
        fault.Heal();
        Assert.Equal(StoreOutcome.Stored, await hanging.WaitAsync(TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public async Task Hang_CancelledCall_EndsWithoutHavingHappened()
    {
        _tier.Faults.Hang(TierOperations.Set, times: 1);
        using var source = new CancellationTokenSource();
        var hanging = _tier.SetAsync("k", Write(1), Node.Token(1), null, source.Token).AsTask();

        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => hanging.WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Equal(TierStatus.Absent, (await GetAsync()).Status);
    }

    [Fact]
    public async Task Delay_IsThatOfTheClock()
    {
        _tier.Faults.Delay(TimeSpan.FromSeconds(5), TierOperations.Get, times: 1);
        var slow = GetAsync();
        _clock.Advance(TimeSpan.FromSeconds(4.9));
        Assert.False(slow.IsCompleted);

        _clock.Advance(TimeSpan.FromSeconds(0.1));

        Assert.Equal(TierStatus.Absent, (await slow.WaitAsync(TimeSpan.FromSeconds(30))).Status);
    }

    [Fact]
    public async Task Damage_FlipBit_ChangesOneBitAndNotTheStore()
    {
        await SetAsync(1);
        _tier.Faults.Damage(TierDamage.FlipBit, times: 1);

        var damaged = (await GetAsync()).Body.ToArray();
        var whole = (await GetAsync()).Body.ToArray();

        Assert.Equal(Write(1).Body.ToArray(), whole);
        Assert.Equal(1, whole.Zip(damaged).Sum(pair => int.PopCount(pair.First ^ pair.Second)));
    }

    [Fact]
    public async Task Damage_Truncate_LosesTheEnd()
    {
        await SetAsync(1);
        _tier.Faults.Damage(TierDamage.Truncate);

        Assert.Equal(Write(1).Body.ToArray()[..10], (await GetAsync()).Body.ToArray());
        var many = await _tier.GetManyAsync(new[] { "k" }, new TierObservation?[1], CancellationToken.None);
        Assert.Equal(10, many[0].Body.Length);
        Assert.Equal(10, (await ClaimAsync()).Reading.Body.Length);
    }

    [Fact]
    public async Task Damage_OtherBody_IsThatOfAnotherKey()
    {
        await SetAsync(1);
        await _tier.SetAsync("other", Write(9), Node.Token(9), null, CancellationToken.None);
        _tier.Faults.Damage(TierDamage.OtherBody, times: 1);

        using var reading = await GetAsync();

        Assert.Equal(Write(9).Body.ToArray(), reading.Body.ToArray());
        Assert.Equal(Node.Token(1), reading.Token);
    }

    [Fact]
    public async Task Damage_OfStores_IsWhatIsStored()
    {
        _tier.Faults.Damage(body => [.. body, 42], TierOperations.Set, times: 1);
        await SetAsync(1);

        Assert.Equal([.. Write(1).Body.ToArray(), 42], (await GetAsync()).Body.ToArray());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void Times_NotAboveZero_IsRefused(int times) =>
        Assert.Contains("1 or more", Assert.Throws<ArgumentOutOfRangeException>(() => _tier.Faults.Fail(times: times)).Message, StringComparison.Ordinal);

    [Fact]
    public async Task Around_ATierThatKeepsNodesInStep_KeepsThemInStep()
    {
        var coherent = FaultyTier.Around(new Coherent(_tier));
        coherent.Attach(new TierHost("shop", new Listening(), _clock));
        var coherence = Assert.IsAssignableFrom<ICoherence>(coherent);

        Assert.Equal(CoherenceLevel.Bounded, coherence.Level);
        Assert.True(await coherence.SynchronizeAsync(CancellationToken.None));
        coherent.Faults.Fail(TierOperations.Synchronize);
        Assert.False(await coherence.SynchronizeAsync(CancellationToken.None));
        Assert.IsNotAssignableFrom<ICoherence>(_tier);
    }

    [Fact]
    public async Task Cache_OverATierThatFailsHangsThrowsOrLies_StillServes()
    {
        await using var cache = LarderCache.Create(options =>
        {
            options.TimeProvider = _clock;
            options.DrainTimeout = TimeSpan.Zero;
            options.Authority = FaultyTier.Around(new FileAuthority(Path.Combine(_folder, "cache")));
            var faults = ((FaultyTier)options.Authority).Faults;
            faults.Fail(times: 10);
            faults.Throw(times: 10);
            faults.Damage(TierDamage.FlipBit);
        });

        for (var i = 0; i < 60; i++)
        {
            var number = i;
            Assert.Equal(number, await cache.GetOrCreateAsync($"k{i % 7}:{i}", _ => new ValueTask<int>(number)).AsTask().WaitAsync(TimeSpan.FromSeconds(30)));
        }
    }

    private static TierWrite Write(byte seed) =>
        new(new ReadOnlySequence<byte>([.. Enumerable.Range(0, 20).Select(i => (byte)(seed * 16 + i))]), TimeSpan.FromMinutes(1));

    private Task<TierReading> GetAsync() => _tier.GetAsync("k", null, CancellationToken.None).AsTask();

    private Task<TierClaim> ClaimAsync() =>
        _tier.ClaimAsync("k", FenceToken.None, new TierObservation("k"), TimeSpan.FromSeconds(1), CancellationToken.None).AsTask();

    private Task<StoreOutcome> SetAsync(byte seed) => _tier.SetAsync("k", Write(seed), Node.Token(seed), null, CancellationToken.None).AsTask();

    private Task<bool> RemoveAsync() => _tier.RemoveAsync(new[] { "k" }, CancellationToken.None).AsTask();
}
