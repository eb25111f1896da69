using Larder.Ports;
using Larder.Tests.Coherence.Kit;

namespace Larder.Tests.Coherence;

/// <summary>Nodes of different levels on one cache: what a node promises its callers holds whoever writes.</summary>
public sealed class MixedLevelsTests
{
    // Far less than a third of the lease, after which everybody would have renewed anyway.
    private const long Soon = 50;

    private readonly World _world = new();

    public static TheoryData<CoherenceLevel> LowerLevels => [CoherenceLevel.Bounded, CoherenceLevel.Eventual];

    [Theory]
    [MemberData(nameof(LowerLevels))]
    public void Remove_BesideAStrictNode_WaitsForItsAcknowledgement(CoherenceLevel level)
    {
        var (strict, writer) = Pair(level);
        Assert.True(writer.Remove());
        var sync = writer.Tier.SynchronizeAsync(default).AsTask();
        _world.Pass(Soon, except: strict);

        Assert.Equal("1", strict.Serve());
        Assert.False(sync.IsCompleted);

        Assert.True(_world.Done(new ValueTask<bool>(sync), Soon));
        Assert.Null(strict.Serve());
    }

    [Theory]
    [MemberData(nameof(LowerLevels))]
    public void Changes_OfEveryKindBesideAStrictNode_AreWaitedFor(CoherenceLevel level)
    {
        Func<CoherentNode, Task>[] changes =
        [
            node => node.Tier.SetAsync(CoherentNode.Key, CoherentNode.Write("2"), node.Host.NewTestToken(), null, default).AsTask(),
            node => node.Tier.ReplaceAsync(CoherentNode.Key, _world.Token, CoherentNode.Write("2"), node.Host.NewTestToken(), null, default).AsTask(),
            node => node.Tier.ExpireAsync(CoherentNode.Key, 1, node.Host.NewTestToken(), default).AsTask(),
            node => node.Tier.HoldAsync(CoherentNode.Key, TimeSpan.FromSeconds(1), default).AsTask(),
            node => node.Tier.IncrementAsync("number", 1, TimeSpan.FromSeconds(1), default).AsTask(),
            node => node.Tier.MoveFenceAsync(FenceName.AnyTag, default).AsTask(),
            node => node.Tier.MoveFenceAsync(FenceName.OfTag("red"), default).AsTask(),
            node => node.Tier.MoveFenceAsync(FenceName.Cache, default).AsTask(),
        ];
        var (strict, writer) = Pair(level);
        foreach (var change in changes)
        {
            var changing = change(writer);
            writer.Settle();
            Assert.True(changing.IsCompletedSuccessfully);
            var sync = writer.Tier.SynchronizeAsync(default).AsTask();
            _world.Pass(Soon, except: strict);
            Assert.False(sync.IsCompleted);
            Assert.True(_world.Done(new ValueTask<bool>(sync), Soon));
        }
    }

    [Theory]
    [MemberData(nameof(LowerLevels))]
    public void Remove_StrictNodeIsSilent_OutwaitsItsLeaseOnceAndForgetsIt(CoherenceLevel level)
    {
        var (strict, writer) = Pair(level);
        Assert.True(writer.Remove());
        var sync = writer.Tier.SynchronizeAsync(default).AsTask();
        _world.Pass(World.Lease - Soon, except: strict);
        Assert.False(sync.IsCompleted);

        Assert.True(_world.Done(new ValueTask<bool>(sync), Soon * 4, except: strict));
        Assert.Null(strict.Serve());
        Assert.True(writer.Remove());
        Assert.True(_world.Done(writer.Tier.SynchronizeAsync(default), Soon, except: strict));
    }

    [Theory]
    [MemberData(nameof(LowerLevels))]
    public void Remove_StrictNodeEntersBehindTheLook_HearsOfItBeforeItServes(CoherenceLevel level)
    {
        var writer = _world.Add(level: level);
        writer.Set("1");
        var strict = _world.Add();
        strict.Link.Cut();
        strict.Link.Deliver();
        while (strict.Link.NextRequest is { } next && next != AuthorityVerb.Renew)
        {
            strict.Link.Serve();
        }

        Assert.False(strict.MayServe);
        Assert.True(writer.Remove());
        Assert.True(_world.Done(writer.Tier.SynchronizeAsync(default), World.Lease * 2, except: strict));

        strict.Settle();
        Assert.True(strict.MayServe);
        Assert.Null(strict.Serve());
    }

    [Theory]
    [MemberData(nameof(LowerLevels))]
    public void Remove_RegistryWithTheStrictNodeIsLost_WaitsAllTheSame(CoherenceLevel level)
    {
        var (strict, writer) = Pair(level);
        Assert.True(writer.Remove());
        Assert.True(_world.Done(writer.Tier.SynchronizeAsync(default), Soon));
        writer.Set("1");
        _world.Settle();
        Assert.True(strict.Load());
        _world.Authority.EvictRegistry(World.CacheName);

        Assert.True(writer.Remove());
        var sync = writer.Tier.SynchronizeAsync(default).AsTask();
        _world.Pass(Soon, except: strict);
        Assert.Equal("1", strict.Serve());
        Assert.False(sync.IsCompleted);

        Assert.True(_world.Done(new ValueTask<bool>(sync), World.Lease * 2));
        Assert.Null(strict.Serve());
    }

    [Theory]
    [MemberData(nameof(LowerLevels))]
    public void StrictNodes_ComeAndGo_IsLogged(CoherenceLevel level)
    {
        var writer = _world.Add(level: level);
        Assert.True(writer.Remove());
        Assert.True(writer.Done(writer.Tier.SynchronizeAsync(default)));
        Assert.DoesNotContain(writer.Logs.Records, record => record.Id.Id == 44);
        var strict = _world.Add();

        Assert.True(writer.Remove());
        Assert.True(_world.Done(writer.Tier.SynchronizeAsync(default), World.Lease * 2));
        var told = Assert.Single(writer.Logs.Records, record => record.Id.Id == 44);
        Assert.Contains($"Level is {level} here, but other nodes on stepped have Strict", told.Message, StringComparison.Ordinal);

        var leaving = strict.Tier.DisposeAsync().AsTask();
        strict.Settle();
        Assert.True(leaving.IsCompletedSuccessfully);
        Assert.True(writer.Remove());
        Assert.True(writer.Done(writer.Tier.SynchronizeAsync(default)));
        Assert.Single(writer.Logs.Records, record => record.Id.Id == 45);
    }

    [Fact]
    public void Remove_ByAStrictNodeBesideABoundedOne_WaitsForIt()
    {
        var bounded = _world.Add(level: CoherenceLevel.Bounded);
        var writer = _world.Add();
        writer.Set("1");
        Assert.True(bounded.Load());
        _world.GrowOld();
        Assert.True(writer.Remove());
        var sync = writer.Tier.SynchronizeAsync(default).AsTask();
        _world.Pass(Soon, except: bounded);
        Assert.Equal("1", bounded.Serve());
        Assert.False(sync.IsCompleted);

        Assert.True(_world.Done(new ValueTask<bool>(sync), World.Lease));
        Assert.Null(bounded.Serve());
    }

    /// <summary>A strict node that keeps a value, and a writer of a lower level, both for longer than a lease.</summary>
    private (CoherentNode Strict, CoherentNode Writer) Pair(CoherenceLevel level)
    {
        var strict = _world.Add();
        var writer = _world.Add(level: level);
        _world.GrowOld();
        writer.Set("1");
        _world.Settle();
        Assert.True(strict.Load());
        return (strict, writer);
    }
}
