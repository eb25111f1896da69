using Larder.Coherence;
using Larder.Ports;
using Larder.Tests.Coherence.Kit;

namespace Larder.Tests.Coherence;

/// <summary>What breaks without each rule of adding to numbers.</summary>
public sealed class CountingTests
{
    private readonly World _world = new();

    [Fact]
    public void Increment_OfANumber_CountsAndIsNeverKept()
    {
        var a = _world.Add();
        Assert.Equal(5, Increment(a, 5).Value);
        Assert.Equal(3, Increment(a, -2).Value);
        Assert.Equal(IncrementOutcome.Overflow, Increment(a, long.MaxValue).Outcome);
        var observation = a.Observe();
        Assert.Equal(TierStatus.Absent, a.Done(a.Tier.GetAsync(CoherentNode.Key, observation, default)).Status);
        Assert.Equal(TierStatus.OnHold, a.Done(a.Tier.ClaimAsync(CoherentNode.Key, default, a.Observe(), TimeSpan.FromSeconds(1), default)).Status);

        Increment(a, 1);
        Assert.True(observation.IsVoid);
        Assert.Equal(StoreOutcome.Stored, a.Set("1"));
        Assert.Equal(IncrementOutcome.NotANumber, Increment(a, 1).Outcome);
    }

    [Fact]
    public void Increment_WithoutAnAnswer_IsUnavailableAndNeverSentAgain()
    {
        var a = _world.Add();
        a.Done(a.Tier.IncrementAsync("other", 1, TimeSpan.FromMinutes(1), default));
        a.Link.Sent.Clear();
        var call = a.Tier.IncrementAsync(CoherentNode.Key, 1, TimeSpan.FromMinutes(1), default).AsTask();
        a.Link.ServeAll();
        a.Link.Cut();

        Assert.Equal(IncrementOutcome.Unavailable, a.Done(call).Outcome);
        Assert.Single(a.Link.Sent, command => command.Verb == AuthorityVerb.Increment);
    }

    [Fact]
    public void Increment_CacheClearedByAnother_BeginsAnewAndTakesOneRoundTripAfterwards()
    {
        var (a, b) = (_world.Add(), _world.Add());
        Increment(a, 5);
        b.Done(b.Tier.MoveFenceAsync(FenceName.Cache, default));
        _world.Settle();

        Assert.Equal(7, Increment(a, 7).Value);
        Assert.Equal(8, Increment(b, 1).Value);
        a.Link.Sent.Clear();
        Assert.Equal(9, Increment(a, 1).Value);
        Assert.Equal([AuthorityVerb.ReadFence, AuthorityVerb.Increment, AuthorityVerb.Bump], a.Link.Sent.Take(3).Select(static command => command.Verb));
        Assert.Single(a.Link.Sent, static command => command.Verb == AuthorityVerb.Increment);
    }

    [Fact]
    public void Increment_CarriedOutAfterALaterClear_DoesNotTouchTheNumberThatBeganAnew()
    {
        var (a, b) = (_world.Add(), _world.Add());
        Increment(a, 5);
        var late = a.Tier.IncrementAsync(CoherentNode.Key, 1, TimeSpan.FromMinutes(1), default).AsTask();
        a.Link.Serve();
        b.Done(b.Tier.MoveFenceAsync(FenceName.Cache, default));
        Assert.Equal(7, Increment(b, 7).Value);

        // It was counted by nobody, so it is counted now: the call is still under way.
        Assert.Equal(8, a.Done(late).Value);
        Assert.Equal(8, Increment(b, 0).Value);
    }

    [Fact]
    public void Increment_ClearedBetweenItsLookAndItsNumber_IsCountedOnce()
    {
        var (a, b) = (_world.Add(), _world.Add());
        Increment(a, 5);
        b.Done(b.Tier.MoveFenceAsync(FenceName.Cache, default));
        var call = a.Tier.IncrementAsync(CoherentNode.Key, 1, TimeSpan.FromMinutes(1), default).AsTask();

        // The old fence went out with it: what it adds to is over, and does not count.
        Assert.Equal(1, a.Done(call).Value);
        Assert.Equal(1, Increment(b, 0).Value);
        Assert.Equal(1, Increment(a, 0).Value);
    }

    [Fact]
    public void Increment_ClearedAgainAndAgain_EndsAsUnavailable()
    {
        var (a, b) = (_world.Add(), _world.Add());
        Increment(a, 5);
        a.Link.Sent.Clear();
        var call = a.Tier.IncrementAsync(CoherentNode.Key, 1, TimeSpan.FromMinutes(1), default).AsTask();
        for (var i = 0; !call.IsCompleted && i < 100; i++)
        {
            b.Done(b.Tier.MoveFenceAsync(FenceName.Cache, default));
            a.Link.ServeAll();
            while (a.Link.Deliver())
            {
            }

            a.Run();
        }

        Assert.Equal(IncrementOutcome.Unavailable, a.Done(call).Outcome);
        Assert.Equal(Counting.MostTries, a.Link.Sent.Count(static command => command.Verb == AuthorityVerb.Increment));
    }

    private static IncrementReading Increment(CoherentNode node, long delta) =>
        node.Done(node.Tier.IncrementAsync(CoherentNode.Key, delta, TimeSpan.FromMinutes(1), default));
}
