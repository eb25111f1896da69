using Larder.Integration.Tests.Kit;

namespace Larder.Integration.Tests.Promise;

/// <summary>The scenarios in which one process loads while another changes the key, over a real server. Names begin with the scenario's number.</summary>
public sealed class TwoProcessLoadTests(Pairs pairs) : IClassFixture<Pairs>
{
    public static TheoryData<CoherenceLevel> Levels => [CoherenceLevel.Strict, CoherenceLevel.Bounded, CoherenceLevel.Eventual];

    [Theory]
    [MemberData(nameof(Levels))]
    public async Task F1_RemovedByTheOtherProcessDuringALoad_OldValueIsNeitherKeptNorServedLater(CoherenceLevel level)
    {
        var scene = await pairs.SceneAsync(level);
        var old = scene.Commit();
        var before = await scene.LoadHeldUpAsync(scene.A, "old");
        var fresh = scene.Commit();
        await scene.B.CallAsync($"remove {scene.Key}");
        await scene.GrantAsync(scene.A);

        var after = scene.ReadAsync(scene.A);
        Assert.Equal(fresh, await after);
        await scene.ReleaseAsync(scene.A, "old");

        Assert.Equal(old, await before);
        Assert.Equal(fresh, await scene.ReadAsync(scene.A));
        Assert.Equal(fresh, await scene.KeptAsync(scene.B));
    }

    [Theory]
    [MemberData(nameof(Levels))]
    public async Task F2_SetByTheOtherProcessDuringALoad_BothKeepTheSetValue(CoherenceLevel level)
    {
        var scene = await pairs.SceneAsync(level);
        scene.Commit();
        var before = await scene.LoadHeldUpAsync(scene.A, "old");
        await scene.B.CallAsync($"set {scene.Key} 1000 {scene.Tag}");
        await scene.ReleaseAsync(scene.A, "old");
        await before;
        await scene.GrantAsyncUnless(scene.A, "1000");

        Assert.Equal("1000", await scene.KeptAsync(scene.A));
        Assert.Equal("1000", await scene.KeptAsync(scene.B));
    }

    [Theory]
    [MemberData(nameof(Levels))]
    public async Task F3_H2_TagRemovedByTheOtherProcessDuringALoad_ResultIsStoredNowhere(CoherenceLevel level)
    {
        var scene = await pairs.SceneAsync(level);
        var old = scene.Commit();
        var before = await scene.LoadHeldUpAsync(scene.A, "old");
        var fresh = scene.Commit();
        await scene.B.CallAsync($"removetag {scene.Tag}");
        await scene.ReleaseAsync(scene.A, "old");
        Assert.Equal(old, await before);
        await scene.GrantAsync(scene.A);

        Assert.Equal("none", await scene.KeptAsync(scene.B));
        Assert.Equal(fresh, await scene.ReadAsync(scene.A));
    }

    [Fact]
    public async Task F5_ClearedByTheOtherProcessDuringALoad_OldValueDoesNotSurvive()
    {
        var scene = await pairs.SceneAsync(CoherenceLevel.Strict);
        var old = scene.Commit();
        var before = await scene.LoadHeldUpAsync(scene.A, "old");
        var fresh = scene.Commit();
        await scene.B.CallAsync("clear");
        await scene.ReleaseAsync(scene.A, "old");

        Assert.Equal(old, await before);
        Assert.Equal("none", await scene.PeekAsync(scene.A));
        Assert.Equal(fresh, await scene.ReadAsync(scene.A));
    }

    [Fact]
    public async Task F6_SourceFails_TheOtherProcessLoadsAtOnceAndItsValueIsStored()
    {
        var scene = await pairs.SceneAsync(CoherenceLevel.Strict);
        var fresh = scene.Commit();
        await Assert.ThrowsAsync<NodeFailedException>(() => scene.A.CallAsync($"load {scene.Key} {scene.Row} fail"));

        // Had the right to load not been given back, the value would be stored nowhere.
        Assert.Equal(fresh, await scene.ReadAsync(scene.B));
        Assert.Equal(fresh, await scene.KeptAsync(scene.A));
    }

    [Theory]
    [MemberData(nameof(Levels))]
    public async Task H4_WarmProcess_DropsWhatTheOtherRemovedOrSet(CoherenceLevel level)
    {
        var scene = await pairs.SceneAsync(level);
        var old = scene.Commit();
        Assert.Equal(old, await scene.ReadAsync(scene.B));
        await World.Until(async () => await scene.ReadAsync(scene.A) == old && await scene.PeekAsync(scene.A) == old, "memory to keep the value");

        var fresh = scene.Commit();
        await scene.B.CallAsync($"removetag {scene.Tag}");
        await scene.GrantAsync(scene.A);
        Assert.Equal("none", await scene.PeekAsync(scene.A));
        Assert.Equal(fresh, await scene.ReadAsync(scene.A));

        await scene.B.CallAsync($"set {scene.Key} 1000");
        await scene.GrantAsyncUnless(scene.A, "1000");
        Assert.Equal("1000", await scene.ReadAsync(scene.A));
    }

    [Fact]
    public async Task F15_LoaderHangs_TheOtherProcessIsNotHeldUpForEver()
    {
        var world = pairs.World;
        var impatient = await world.StartNodeAsync(CoherenceLevel.Strict, settings => settings with { Cache = "impatient", LoadWait = TimeSpan.FromMilliseconds(300) });
        var hanging = await world.StartNodeAsync(CoherenceLevel.Strict, settings => settings with { Cache = "impatient" });
        var fresh = world.Commit(60);
        var hung = hanging.CallAsync("load hung 60 never");
        await hanging.AtAsync("never");

        Assert.Equal($"Miss Source {fresh}", await impatient.CallAsync("load hung 60 -"));
        await Assert.ThrowsAsync<NodeFailedException>(() => hung);
    }

    [Fact]
    public async Task F20_ManyCallersInBothProcesses_TheSourceIsAskedOnce()
    {
        var scene = await pairs.SceneAsync(CoherenceLevel.Strict);
        var only = scene.Commit();
        var first = await scene.LoadHeldUpAsync(scene.A, "once");
        Task<string>[] others = [.. Enumerable.Range(0, 20).Select(i => (i % 2 == 0 ? scene.A : scene.B).CallAsync($"load {scene.Key} {scene.Row} fail"))];
        scene.Commit();
        await scene.ReleaseAsync(scene.A, "once");

        Assert.Equal(only, await first);
        Assert.All(await Task.WhenAll(others), answer => Assert.EndsWith($" {only}", answer, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Levels))]
    public async Task H1_H5_ChangedMidLoad_LaterCallersNeitherJoinNorFindTheOldValue(CoherenceLevel level)
    {
        var scene = await pairs.SceneAsync(level);
        scene.Commit();
        var before = await scene.LoadHeldUpAsync(scene.A, "old");
        await scene.B.CallAsync($"set {scene.Key} 1000 {scene.Tag}");
        if (level != CoherenceLevel.Strict)
        {
            await World.Until(async () => await scene.KeptAsync(scene.A) == "1000", "the Set to be seen");
        }

        Assert.Equal("1000", await scene.ReadAsync(scene.A));
        await scene.ReleaseAsync(scene.A, "old");
        await before;
        Assert.Equal("1000", await scene.ReadAsync(scene.A));
    }

    [Fact]
    public async Task LoaderIsKilled_TheOtherProcessLoadsWhenTheLeaseEnds()
    {
        var world = pairs.World;
        var doomed = await world.StartNodeAsync(CoherenceLevel.Strict, settings => settings with { Cache = "doomed", LoadLease = TimeSpan.FromMilliseconds(500) });
        var heir = await world.StartNodeAsync(CoherenceLevel.Strict, settings => settings with { Cache = "doomed", LoadLease = TimeSpan.FromMilliseconds(500) });
        var fresh = world.Commit(61);
        _ = doomed.CallAsync("load k 61 never").ContinueWith(static failed => failed.Exception, TaskScheduler.Default);
        await doomed.AtAsync("never");
        var waiting = heir.CallAsync("load k 61 -");
        doomed.Kill();

        Assert.Equal($"Miss Source {fresh}", await waiting);
        Assert.EndsWith($" {fresh}", await heir.CallAsync("get k"), StringComparison.Ordinal);
    }
}
