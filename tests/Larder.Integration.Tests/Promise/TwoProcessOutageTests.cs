using Larder.Integration.Tests.Kit;

namespace Larder.Integration.Tests.Promise;

/// <summary>The scenarios in which the server is away, halted, or loses what it had, with two processes.</summary>
public sealed class TwoProcessOutageTests : IAsyncLifetime
{
    private World _world = null!;

    public static TheoryData<CoherenceLevel> Levels => [CoherenceLevel.Strict, CoherenceLevel.Bounded, CoherenceLevel.Eventual];

    public async ValueTask InitializeAsync() => _world = await World.StartAsync();

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Theory]
    [MemberData(nameof(Levels))]
    public async Task F7_ServerIsHalted_RemovalFailsReadsDoNotAndItWorksWhenRepeated(CoherenceLevel level)
    {
        var (a, b) = await StartPairAsync(level);
        var old = _world.Commit(1);
        Assert.EndsWith($" {old}", await b.CallAsync("load k 1 -"), StringComparison.Ordinal);
        Assert.EndsWith($" {old}", await a.CallAsync("load k 1 -"), StringComparison.Ordinal);
        var fresh = _world.Commit(1);
        _world.Server.Pause();

        var failure = await Assert.ThrowsAsync<NodeFailedException>(() => a.CallAsync("remove k"));
        Assert.StartsWith("TierUnavailableException", failure.Message, StringComparison.Ordinal);
        Assert.EndsWith($" {fresh}", await a.CallAsync("load k 1 -"), StringComparison.Ordinal);

        _world.Server.Resume();
        await World.Until(() => World.SucceedsAsync(() => a.CallAsync("remove k")), "the removal to succeed");
        await World.GrantAsync(level, b, "k");
        Assert.EndsWith($" {fresh}", await b.CallAsync("load k 1 -"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task F7_F8_ServerIsKilledAndBack_QueuedRemovalIsCarriedOutBeforeItIsRead()
    {
        var a = await _world.StartNodeAsync(CoherenceLevel.Strict, settings => Hasty(settings) with { QueueRemovals = true });
        var b = await _world.StartNodeAsync(CoherenceLevel.Strict, Hasty);
        await b.CallAsync("set k 1");
        Assert.EndsWith(" 1", await a.CallAsync("get k"), StringComparison.Ordinal);
        _world.Server.Pause();
        Assert.Equal("Queued", await a.CallAsync("remove k"));
        _world.Server.Resume();

        // Its own process never sees the old value again, and the others once the queue has been told.
        Assert.Equal("none", await a.CallAsync("try k"));
        Assert.EndsWith(" none", await a.CallAsync("get k"), StringComparison.Ordinal);
        await World.Until(async () => (await b.CallAsync("get k")).EndsWith(" none", StringComparison.Ordinal), "the queued removal to be carried out");
    }

    [Theory]
    [MemberData(nameof(Levels))]
    public async Task F18_ConnectionsAreCut_NothingOldIsServedAfterwards(CoherenceLevel level)
    {
        var (a, b) = await StartPairAsync(level);
        for (var round = 0; round < 5; round++)
        {
            var old = _world.Commit(1);
            await World.Until(() => World.SucceedsAsync(() => b.CallAsync("remove k")), "a removal to succeed");
            await World.GrantAsync(level, a, "k");
            Assert.EndsWith($" {old}", await a.CallAsync("load k 1 -"), StringComparison.Ordinal);
            var fresh = _world.Commit(1);
            await _world.Server.CallAsync("CLIENT", "KILL", "TYPE", "normal");
            await World.Until(() => World.SucceedsAsync(() => b.CallAsync("remove k")), "the removal to succeed");
            await World.GrantAsync(level, a, "k");

            Assert.EndsWith($" {fresh}", await a.CallAsync("load k 1 -"), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("FLUSHALL")]
    [InlineData("SCRIPT FLUSH")]
    [InlineData("restart")]
    public async Task ServerForgets_ReadersSeeNoErrorAndNothingOld(string how)
    {
        var (a, b) = await StartPairAsync(CoherenceLevel.Strict);
        var old = _world.Commit(1);
        Assert.EndsWith($" {old}", await a.CallAsync("load k 1 - t"), StringComparison.Ordinal);
        if (how == "restart")
        {
            _world.Server.Kill();
            Assert.EndsWith($" {old}", await a.CallAsync("load k 1 - t"), StringComparison.Ordinal);
            await _world.Server.RestartAsync();
        }
        else
        {
            await _world.Server.CallAsync(how.Split(' '));
        }

        Assert.EndsWith($" {old}", await b.CallAsync("load k 1 - t"), StringComparison.Ordinal);
        var fresh = _world.Commit(1);
        await World.Until(() => World.SucceedsAsync(() => b.CallAsync("removetag t")), "the removal to succeed");
        Assert.EndsWith($" {fresh}", await a.CallAsync("load k 1 - t"), StringComparison.Ordinal);
        Assert.EndsWith($" {fresh}", await b.CallAsync("load k 1 - t"), StringComparison.Ordinal);
        Assert.EndsWith($" {fresh}", await a.CallAsync("load k 1 - t"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task OneProcessEnds_TheOtherGoesOn()
    {
        var (a, b) = await StartPairAsync(CoherenceLevel.Strict);
        await a.CallAsync("set k 5");
        await a.EndAsync();

        Assert.EndsWith(" 5", await b.CallAsync("get k"), StringComparison.Ordinal);
        await b.CallAsync("remove k");
        Assert.EndsWith(" none", await b.CallAsync("get k"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(CoherenceLevel.Strict)]
    [InlineData(CoherenceLevel.Bounded)]
    public async Task ProcessIsHalted_ItsMemoryIsSilentWhenItGoesOn(CoherenceLevel level)
    {
        var (a, b) = await StartPairAsync(level);
        var old = _world.Commit(1);
        Assert.EndsWith($" {old}", await a.CallAsync("load k 1 -"), StringComparison.Ordinal);
        a.Pause();
        var fresh = _world.Commit(1);
        await b.CallAsync("remove k");
        await Task.Delay(World.Lease);
        a.Resume();

        Assert.EndsWith($" {fresh}", await a.CallAsync("load k 1 -"), StringComparison.Ordinal);
        Assert.EndsWith($" {fresh}", await b.CallAsync("load k 1 -"), StringComparison.Ordinal);
    }

    private static Larder.Node.NodeSettings Hasty(Larder.Node.NodeSettings settings) => settings with { TierTimeout = TimeSpan.FromMilliseconds(500) };

    private async Task<(NodeProcess A, NodeProcess B)> StartPairAsync(CoherenceLevel level) =>
        (await _world.StartNodeAsync(level, Hasty), await _world.StartNodeAsync(level, Hasty));
}
