using System.Buffers;
using Larder.Testing.Tests.Support;

namespace Larder.Testing.Tests.Faults;

public sealed class FaultyCopyTierTests
{
    private readonly FakeClock _clock = new();
    private readonly MemoryCopyTier _copies = new();
    private readonly FaultyCopyTier _tier;

    public FaultyCopyTierTests()
    {
        _tier = new FaultyCopyTier(_copies);
        _tier.Attach(new TierHost("shop", new Listening(), _clock));
    }

    [Fact]
    public async Task Fail_IsAMissOrACopyThatIsNotKept()
    {
        await SetAsync();
        _tier.Faults.Fail(TierOperations.Get, times: 1);
        _tier.Faults.Fail(TierOperations.Remove | TierOperations.Clear);

        Assert.Equal(TierStatus.Unavailable, (await GetAsync()).Status);
        await _tier.RemoveAsync(new[] { "k" }, CancellationToken.None);
        await _tier.ClearAsync(CancellationToken.None);
        Assert.Equal(Node.Token(7), (await GetAsync()).Token);
        _tier.Faults.HealAll();
        await _tier.ClearAsync(CancellationToken.None);
        Assert.Equal(0, _copies.Count);
    }

    [Fact]
    public async Task Damage_IsOfTheCopy()
    {
        await SetAsync();
        _tier.Faults.Damage(TierDamage.Truncate);

        Assert.Equal(2, (await GetAsync()).Body.Length);
    }

    [Fact]
    public async Task Hang_ThatIsCancelled_Ends()
    {
        _tier.Faults.Hang();
        using var source = new CancellationTokenSource();
        var hanging = _tier.GetAsync("k", source.Token).AsTask();

        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => hanging.WaitAsync(TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public async Task MemoryCopyTier_AfterTheLifetime_ForgetsWhenItIsAsked()
    {
        await SetAsync();
        _clock.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(TierStatus.Absent, (await GetAsync()).Status);
        Assert.Equal(0, _copies.Count);
    }

    private Task<TierReading> GetAsync() => _tier.GetAsync("k", CancellationToken.None).AsTask();

    private ValueTask SetAsync() =>
        _tier.SetAsync("k", new TierWrite(new ReadOnlySequence<byte>([1, 2, 3, 4]), TimeSpan.FromMinutes(1)), Node.Token(7), CancellationToken.None);
}
