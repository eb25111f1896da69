using System.Globalization;
using Larder.Integration.Tests.Kit;

namespace Larder.Integration.Tests.Promise;

/// <summary>Locks, holds and the feed of removals between processes that are stopped and killed.</summary>
public sealed class TwoProcessLockTests : IAsyncLifetime
{
    private const int LockMilliseconds = 600;
    private const int HoldMilliseconds = 2_000;
    private World _world = null!;
    private NodeProcess _a = null!;
    private NodeProcess _b = null!;

    public async ValueTask InitializeAsync()
    {
        _world = await World.StartAsync();
        _a = await _world.StartNodeAsync(CoherenceLevel.Strict);
        _b = await _world.StartNodeAsync(CoherenceLevel.Strict);
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task Owner_ThatIsStopped_LosesTheLockAndCanNotTakeItFromTheNext()
    {
        var first = await TakeAsync(_a);
        Assert.Equal("none", await _b.CallAsync($"lock job {LockMilliseconds}"));
        _a.Pause();
        var second = await TakeAsync(_b);
        Assert.True(second > first);

        _a.Resume();
        Assert.StartsWith("over", await _a.CallAsync("look job"), StringComparison.Ordinal);
        await World.Until(async () => await _a.CallAsync("look job") == "over lost", "the owner to be told");
        await _a.CallAsync("unlock job");
        Assert.Equal("held kept", await _b.CallAsync("look job"));
        Assert.Equal("none", await _a.CallAsync($"lock job {LockMilliseconds}"));
    }

    [Fact]
    public async Task Owner_ThatIsKilled_IsSucceeded()
    {
        var first = await TakeAsync(_a);
        _a.Kill();
        Assert.True(await TakeAsync(_b) > first);
    }

    [Fact]
    public async Task Writer_ThatIsKilledBetweenCommitAndRemoval_LeavesNoOldValueBehind()
    {
        var scene = new Scene(_world, CoherenceLevel.Strict, _a, _b, Row: 1);
        var old = scene.Commit();
        Assert.Equal(old, await scene.ReadAsync(_b));
        Assert.Equal("Done", await _a.CallAsync($"hold {scene.Key} {HoldMilliseconds}"));
        var load = await scene.LoadHeldUpAsync(_b, "gate");
        var fresh = scene.Commit();
        _a.Kill();

        // What was read before the commit is answered when the hold is over.
        await World.Until(async () => await _world.Server.CallAsync("EXISTS", $"larder:{CoherenceLevel.Strict}:k:{scene.Key}") is 0L, "the hold to end");
        await scene.ReleaseAsync(_b, "gate");
        Assert.Equal(old, await load);
        Assert.Equal("none", await scene.PeekAsync(_b));
        Assert.Equal(fresh, await scene.ReadAsync(_b));
    }

    [Fact]
    public async Task Feed_OfAProcessThatIsStopped_TellsItWhatItHasMissed()
    {
        await _b.CallAsync("listen");
        await World.Until(async () => await _b.CallAsync("heard") == "Gap::elsewhere", "the channel to stand");
        _b.Pause();
        var removal = _a.CallAsync("remove one");
        _b.Resume();
        await removal;
        await World.Until(async () => (await _b.CallAsync("heard")).EndsWith("Key:one:elsewhere", StringComparison.Ordinal), "the removal");

        await _world.Server.CallAsync("CLIENT", "KILL", "TYPE", "pubsub");
        await World.Until(async () => (await _b.CallAsync("heard")).EndsWith("Gap::elsewhere", StringComparison.Ordinal), "the gap");
        await _a.CallAsync("removetag two");
        await World.Until(async () => (await _b.CallAsync("heard")).EndsWith("Tag:two:elsewhere", StringComparison.Ordinal), "the removal behind the gap");
    }

    private static async Task<long> TakeAsync(NodeProcess node)
    {
        var number = "none";
        await World.Until(async () => (number = await node.CallAsync($"lock job {LockMilliseconds}")) != "none", "the lock");
        return long.Parse(number, CultureInfo.InvariantCulture);
    }
}
