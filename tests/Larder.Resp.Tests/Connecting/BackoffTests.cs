using Larder.Resp.Connecting;

namespace Larder.Resp.Tests.Connecting;

public sealed class BackoffTests
{
    [Fact]
    public void Next_AttemptAfterAttempt_StaysBelowADoublingCeiling()
    {
        var backoff = new Backoff(TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(30), new Random(1));
        var largest = TimeSpan.Zero;
        for (var attempt = 0; attempt < 200; attempt++)
        {
            var pause = backoff.Next();
            Assert.InRange(pause, TimeSpan.Zero, backoff.Ceiling(attempt));
            largest = pause > largest ? pause : largest;
        }

        Assert.Equal(TimeSpan.FromMilliseconds(50), backoff.Ceiling(0));
        Assert.Equal(TimeSpan.FromMilliseconds(400), backoff.Ceiling(3));
        Assert.Equal(TimeSpan.FromSeconds(30), backoff.Ceiling(1_000));
        Assert.InRange(largest, TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(30));
    }

    [Fact]
    public void Reset_AfterProvenHealth_BeginsAtTheBottomAndLongestAtTheTop()
    {
        var backoff = new Backoff(TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(30), new Random(1));
        Assert.Equal(TimeSpan.FromSeconds(30), backoff.Longest());
        backoff.Reset();
        Assert.InRange(backoff.Next(), TimeSpan.Zero, TimeSpan.FromMilliseconds(50));
    }
}
