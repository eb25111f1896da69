using Larder.Coherence;
using Larder.Testing.Tests.Faults;

namespace Larder.Testing.Tests.Contract;

/// <summary>A store whose clock the rules can not move: they let time pass the way they are told to.</summary>
public sealed class OwnClockTests
{
    [Fact]
    public async Task LetTimePass_OfAStoreWithItsOwnClock_TakesThePlaceOfTheRulesClock()
    {
        var clock = new FakeClock();
        var passed = TimeSpan.Zero;
        var contract = new TierContract(time =>
        {
            Assert.Same(TimeProvider.System, time);
            return new OwnClock(new LinkedAuthority(new MemoryAuthority(clock).Connect()), clock);
        })
        {
            LetTimePass = time =>
            {
                passed += time;
                clock.Advance(time);
                return Task.CompletedTask;
            },
        };

        await contract.Forms.ALifetimeMayBeShort();
        await contract.Numbers.AnExistingNumberKeepsItsTime();

        Assert.Equal(TimeSpan.FromSeconds(6), passed);
    }

    private sealed class OwnClock(ITier inner, FakeClock clock) : WrongTier(inner)
    {
        public override void Attach(TierHost host) => base.Attach(new TierHost(host.CacheName, host.Listener, clock));
    }
}
