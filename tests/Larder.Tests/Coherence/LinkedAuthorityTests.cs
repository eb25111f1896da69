using Larder.Coherence;
using Larder.Ports;
using Larder.Tests.Coherence.Kit;

namespace Larder.Tests.Coherence;

/// <summary>Settings, and links whose announcements keep no order.</summary>
public sealed class LinkedAuthorityTests
{
    [Theory]
    [InlineData(199, "LinkedAuthorityOptions.LeaseTime is 199ms; set it from 200ms to 1 hour.")]
    [InlineData(3_600_001, "LinkedAuthorityOptions.LeaseTime is 3600001ms; set it from 200ms to 1 hour.")]
    public void LeaseTime_OutOfRange_IsRefused(int milliseconds, string message) =>
        AssertRefused(message, options => options.LeaseTime = TimeSpan.FromMilliseconds(milliseconds));

    [Fact]
    public void LeaseTime_WithAFraction_IsRefused() =>
        AssertRefused("LinkedAuthorityOptions.LeaseTime is 500.5ms, which nodes compare in whole milliseconds; leave the fraction out.", options => options.LeaseTime = TimeSpan.FromMicroseconds(500_500));

    [Fact]
    public void WriteLeaseTime_Zero_IsRefused() =>
        AssertRefused("LinkedAuthorityOptions.WriteLeaseTime is 0ms; set it from 1ms to 1 hour.", options => options.WriteLeaseTime = TimeSpan.Zero);

    [Fact]
    public void Level_Unknown_IsRefused() =>
        AssertRefused("LinkedAuthorityOptions.Level is 7; set it to Eventual, Bounded or Strict.", options => options.Level = (CoherenceLevel)7);

    [Fact]
    public void Name_Empty_IsRefused() => AssertRefused("LinkedAuthorityOptions.Name is empty", options => options.Name = "");

    [Theory]
    [InlineData(CoherenceLevel.Bounded)]
    [InlineData(CoherenceLevel.Strict)]
    public void Level_LinkKeepsNoOrder_IsRefusedAboveEventual(CoherenceLevel level)
    {
        var link = new MemoryAuthority().Connect(announcesInOrder: false, onThreadPool: false);
        var refused = Assert.Throws<ArgumentException>(() => new LinkedAuthority(link, new LinkedAuthorityOptions { Level = level }));

        Assert.Contains($"Level is {level}", refused.Message);
        Assert.Contains("set Level to Eventual", refused.Message);
    }

    [Fact]
    public void Attach_Twice_IsRefused()
    {
        var node = new World().Add();

        Assert.Throws<InvalidOperationException>(() => node.Tier.Attach(node.Host));
        Assert.Throws<InvalidOperationException>(() => { _ = new LinkedAuthority(new MemoryAuthority().Connect()).GetAsync("k", null, default); });
    }

    [Fact]
    public void Options_ChangedLater_ChangeNothing()
    {
        var options = new LinkedAuthorityOptions { Name = "shelf", Level = CoherenceLevel.Strict };
        var tier = new LinkedAuthority(new MemoryAuthority().Connect(), options);
        options.Level = CoherenceLevel.Eventual;
        options.Name = "other";

        Assert.Equal((CoherenceLevel.Strict, "shelf", CacheTier.Remote), (tier.Level, tier.Name, tier.Kind));
        Assert.Equal(long.MinValue, tier.Gate.ServesUntil);
    }

    [Fact]
    public void Unordered_Get_IsArmedAsItIsSent()
    {
        var world = new World(CoherenceLevel.Eventual, isOrdered: false);
        var (a, b) = (world.Add(), world.Add());
        b.Set("1");
        a.Settle();
        var observation = a.Observe();
        var get = a.Tier.GetAsync(CoherentNode.Key, observation, default).AsTask();
        Assert.True(observation.IsArmed);
        a.Link.ServeAll();
        b.Set("2");

        // The announcement may overtake the answer, so even one that comes before it counts.
        a.KeyChanged(CoherentNode.Key);
        a.Done(get).Dispose();

        Assert.False(a.Keep(observation, "1"));
    }

    [Fact]
    public void Unordered_RemovedBetweenFillAndItsAnswer_KeepsNothing()
    {
        var world = new World(CoherenceLevel.Eventual, isOrdered: false);
        var a = world.Add();
        var (lease, observation) = a.Claim();
        var fill = lease.FillAsync(CoherentNode.Write("1"), a.Host.NewTestToken(), default).AsTask();
        a.Link.ServeAll();
        a.Link.DeliverThrough("Fill");

        // Removed by another after the look was carried out; the announcement overtakes the look's answer.
        a.KeyChanged(CoherentNode.Key);

        Assert.Equal(StoreOutcome.Stored, a.Done(fill));
        Assert.False(a.Keep(observation, "1"));
    }

    [Fact]
    public void Unordered_Busy_IsWorthTryingSoon()
    {
        var world = new World(CoherenceLevel.Eventual, isOrdered: false);
        var (a, b) = (world.Add(), world.Add());
        a.Claim(leaseMilliseconds: 60_000);
        var claim = b.Done(b.Tier.ClaimAsync(CoherentNode.Key, default, b.Observe(), TimeSpan.FromMinutes(1), default));

        world.Pass(100);

        Assert.True(claim.Changed!.IsCompletedSuccessfully);
    }

    [Fact]
    public void GetMany_ObservationsMissing_IsRefused()
    {
        var node = new World().Add();

        Assert.Throws<ArgumentException>(() => { _ = node.Tier.GetManyAsync(new[] { "x", "y" }, new TierObservation?[1], default); });
        Assert.Throws<ArgumentOutOfRangeException>(() => { _ = node.Tier.HoldAsync("x", TimeSpan.Zero, default); });
    }

    private static void AssertRefused(string message, Action<LinkedAuthorityOptions> set)
    {
        var options = new LinkedAuthorityOptions();
        set(options);
        var refused = Assert.Throws<ArgumentException>(() => new LinkedAuthority(new MemoryAuthority().Connect(), options));

        Assert.StartsWith(message, refused.Message);
        Assert.Equal("options", refused.ParamName);
    }
}
