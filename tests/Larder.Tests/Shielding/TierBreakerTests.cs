using Larder.Scheduling;
using Larder.Shielding;

namespace Larder.Tests.Shielding;

/// <summary>When readers are kept away from a tier that fails, and for how long.</summary>
public sealed class TierBreakerTests
{
    private readonly FakeClock _clock = new();

    [Fact]
    public void CallsThatFailTogether_OpenItOnce_ForHalfASecond()
    {
        var breaker = new TierBreaker(new Clock(_clock));
        for (var call = 0; call < 10; call++)
        {
            breaker.Failed();
        }

        Assert.False(breaker.TryEnter());
        _clock.Advance(TimeSpan.FromMilliseconds(499));
        Assert.False(breaker.TryEnter());
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(breaker.TryEnter());
        Assert.False(breaker.TryEnter());
    }

    [Fact]
    public void ATrialThatProvesNothing_LeavesItOpen_AndLetsAnotherTryLater()
    {
        var breaker = new TierBreaker(new Clock(_clock));
        breaker.Open();
        breaker.Failed();
        _clock.Advance(TimeSpan.FromMilliseconds(500));
        Assert.True(breaker.TryEnter());
        breaker.LeftOpen();
        Assert.False(breaker.TryEnter());
        _clock.Advance(TimeSpan.FromMilliseconds(500));
        Assert.True(breaker.TryEnter());
    }

    [Fact]
    public void AFailedTrial_DoublesThePause_AndASuccessfulOneClosesIt()
    {
        var breaker = new TierBreaker(new Clock(_clock));
        breaker.Failed();
        breaker.Failed();
        Assert.True(breaker.TryEnter());
        breaker.Failed();
        _clock.Advance(TimeSpan.FromMilliseconds(500));
        Assert.True(breaker.TryEnter());
        breaker.Failed();
        _clock.Advance(TimeSpan.FromMilliseconds(999));
        Assert.False(breaker.TryEnter());
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(breaker.TryEnter());
        breaker.Succeeded();
        Assert.False(breaker.IsOpen);
        Assert.True(breaker.TryEnter());
    }
}
