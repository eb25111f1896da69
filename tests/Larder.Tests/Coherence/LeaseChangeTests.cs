using Larder.Ports;
using Larder.Tests.Coherence.Kit;

namespace Larder.Tests.Coherence;

/// <summary>Nodes with another lease time than the registry: they bypass memory, break no promise, and take over when the others are gone.</summary>
public sealed class LeaseChangeTests
{
    private const long Short = 1_000;
    private const long Outwaited = World.Lease + (World.Lease / 100);

    private readonly World _world = new();

    [Fact]
    public void LeaseTime_AnotherOneInTheRegistry_BypassesMemoryAndNamesBothAndTheRemedy()
    {
        _world.Add();
        var b = _world.Add(lease: Short);

        Assert.False(b.MayServe);
        const string Said = "the lease time (CoherenceLease) is 1000 ms here, but the registry on stepped was made with 5000 ms. Give all nodes the same; "
            + "when no node that is set otherwise has renewed for 5050 ms, this one takes the registry over by itself.";
        Assert.Contains(Said, b.Tier.Description);
        Assert.Contains(Said, Assert.Single(b.Logs.Records, record => record.Id.Id == 42).Message);
    }

    [Theory]
    [InlineData(Short)]
    [InlineData(World.Lease * 2)]
    public void LeaseTime_OthersLive_IsNeverTakenOver(long lease)
    {
        var a = _world.Add();
        var b = _world.Add(lease: lease);

        _world.Pass(World.Lease * 6);

        Assert.True(a.MayServe);
        Assert.False(b.MayServe);
    }

    [Theory]
    [InlineData(Short)]
    [InlineData(World.Lease * 2)]
    public void LeaseTime_OthersAreSilent_IsTakenOverWhenTheirLeaseIsOver(long lease)
    {
        var a = _world.Add();
        a.Set("1");
        Assert.True(a.Load());
        var b = _world.Add(lease: lease);
        for (var passed = 0L; !b.MayServe; passed += 5)
        {
            Assert.True(passed < (Outwaited * 2) + (lease * 2), "Nobody takes over.");
            _world.Pass(5, except: a);
            Assert.False(a.MayServe && b.MayServe, "Both serve.");
        }

        Assert.Single(b.Logs.Records, record => record.Id.Id == 43);

        // The one that was paused goes on, and finds that it may not.
        _world.Pass(lease, except: []);
        Assert.False(a.MayServe);
        Assert.Single(a.Logs.Records, record => record.Id.Id == 42);
    }

    [Fact]
    public void LeaseTime_OthersHaveLeft_IsTakenOver()
    {
        var a = _world.Add();
        var b = _world.Add(lease: Short);
        var leaving = a.Tier.DisposeAsync().AsTask();
        a.Settle();
        Assert.True(leaving.IsCompletedSuccessfully);

        _world.Pass(Outwaited + Short, except: a);

        Assert.True(b.MayServe);
    }

    [Fact]
    public void LeaseTime_OtherRenewsAtTheLastMoment_Stays()
    {
        var a = _world.Add();
        var b = _world.Add(lease: Short);
        _world.Pass(World.Lease / 3, except: [a, b]);
        a.Run();
        Assert.Equal(AuthorityVerb.Renew, a.Link.NextRequest);

        // Its renewal is under way for as long as the other one looks.
        while (b.Link.NextRequest != AuthorityVerb.Retire)
        {
            _world.Advance(1);
            b.Run();
            while (b.Link.NextRequest is { } next && next != AuthorityVerb.Retire)
            {
                b.Link.Serve();
                while (b.Link.Deliver())
                {
                }

                b.Run();
            }
        }

        a.Link.ServeAll();
        b.Settle();
        _world.Pass(Short, except: a);

        Assert.False(b.MayServe);
    }

    [Fact]
    public void Change_ByAForeignNode_WaitsForThoseThatServe()
    {
        var a = _world.Add();
        var b = _world.Add(lease: Short);
        _world.GrowOld();
        b.Set("1");
        _world.Settle();
        Assert.True(a.Load());
        Assert.True(b.Remove());
        var sync = b.Tier.SynchronizeAsync(default).AsTask();
        _world.Pass(Short * 2, except: a);
        Assert.Equal("1", a.Serve());
        Assert.False(sync.IsCompleted);

        Assert.True(_world.Done(new ValueTask<bool>(sync), World.Lease * 2));
        Assert.Null(a.Serve());
    }

    [Fact]
    public void Change_RegistryOfTheOthersIsLost_OutwaitsTheirLease()
    {
        var a = _world.Add();
        var b = _world.Add(lease: Short);
        _world.GrowOld();
        b.Set("1");
        _world.Settle();
        Assert.True(a.Load());
        _world.Authority.EvictRegistry(World.CacheName);
        _world.Pass(Short, except: a);
        Assert.True(b.MayServe);

        Assert.True(b.Remove());
        var sync = b.Tier.SynchronizeAsync(default).AsTask();
        for (var passed = 0; !sync.IsCompleted; passed += 5)
        {
            Assert.True(passed < World.Lease * 2, "The call does not end.");
            _world.Pass(5, except: a);
        }

        Assert.True(_world.Done(new ValueTask<bool>(sync), 0, except: a));
        Assert.Null(a.Serve());
    }
}
