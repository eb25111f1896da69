using Larder.Integration.Tests.Kit;

namespace Larder.Integration.Tests.Promise;

/// <summary>The scenarios about tags, fallbacks and clocks, with several processes over a real server.</summary>
public sealed class TwoProcessFenceTests : IAsyncLifetime
{
    private World _world = null!;

    public static TheoryData<CoherenceLevel> Levels => [CoherenceLevel.Strict, CoherenceLevel.Bounded, CoherenceLevel.Eventual];

    public async ValueTask InitializeAsync() => _world = await World.StartAsync();

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Theory]
    [InlineData("remove k")]
    [InlineData("removetag t")]
    [InlineData("clear")]
    public async Task F4_RemovedByTheOtherProcess_FallbackIsServedByNeither(string removal)
    {
        var a = await _world.StartNodeAsync(CoherenceLevel.Strict, WithFallback);
        var b = await _world.StartNodeAsync(CoherenceLevel.Strict, WithFallback);
        var old = _world.Commit(1);
        Assert.EndsWith($" {old}", await a.CallAsync("load k 1 - t"), StringComparison.Ordinal);
        await World.Until(async () => await a.CallAsync("load k 1 fail t") == $"Fallback Memory {old}", "the value to be a fallback");

        await b.CallAsync(removal);

        await Assert.ThrowsAsync<NodeFailedException>(() => a.CallAsync("load k 1 fail t"));
        await Assert.ThrowsAsync<NodeFailedException>(() => b.CallAsync("load k 1 fail t"));
    }

    [Theory]
    [InlineData(-60)]
    [InlineData(60)]
    public async Task F11_F12_F19_ProcessWithAWrongClock_ItsChangesCountAndNoneIsTakenBack(int minutes)
    {
        var a = await _world.StartNodeAsync(CoherenceLevel.Strict, LongLived);
        var wrong = await _world.StartNodeAsync(CoherenceLevel.Strict, settings => LongLived(settings) with { ClockError = TimeSpan.FromMinutes(minutes) });
        await a.CallAsync("set k 1 t");
        await a.CallAsync("removetag t");
        await a.CallAsync("set k 2 t");
        await wrong.CallAsync("removetag t");
        Assert.Equal("Absent None none", await a.CallAsync("get k"));

        await wrong.CallAsync("set k 3 t");
        Assert.EndsWith(" 3", await a.CallAsync("get k"), StringComparison.Ordinal);
        await a.CallAsync("set k 4 t");
        Assert.EndsWith(" 4", await wrong.CallAsync("get k"), StringComparison.Ordinal);
        await wrong.CallAsync("clear");
        await a.CallAsync("clear");
        Assert.Equal("Absent None none", await wrong.CallAsync("get k"));
        Assert.Equal("none", await a.CallAsync("try k"));
    }

    [Theory]
    [InlineData("*:t:*")]
    [InlineData("*:c")]
    public async Task F13_FenceIsEvicted_WhatWasStoredUnderItIsGoneInsteadOfValidAgain(string fence)
    {
        var a = await _world.StartNodeAsync(CoherenceLevel.Strict);
        await a.CallAsync("set k 1 t");
        await a.CallAsync("removetag t");
        await a.CallAsync("set k 2 t");
        var keys = (List<object?>)(await _world.Server.CallAsync("KEYS", fence))!;
        Assert.NotEmpty(keys);
        foreach (var key in keys)
        {
            await _world.Server.CallAsync("UNLINK", (string)key!);
        }

        var cold = await _world.StartNodeAsync(CoherenceLevel.Strict);
        Assert.Equal("Absent None none", await cold.CallAsync("get k"));
        Assert.Equal("Absent None none", await a.CallAsync("get k"));
    }

    [Theory]
    [MemberData(nameof(Levels))]
    public async Task F14_H3_H4_TagRemoved_ColdAndWarmProcessesSeeIt(CoherenceLevel level)
    {
        var a = await _world.StartNodeAsync(level);
        var b = await _world.StartNodeAsync(level);
        var old = _world.Commit(1);
        await a.CallAsync("set other 77 u");
        Assert.EndsWith($" {old}", await a.CallAsync("load k 1 - t"), StringComparison.Ordinal);
        var fresh = _world.Commit(1);
        await b.CallAsync("removetag t");
        await World.GrantAsync(level, a, "k");

        var cold = await _world.StartNodeAsync(level);
        Assert.Equal("Absent None none", await cold.CallAsync("get k"));
        Assert.EndsWith($" {fresh}", await a.CallAsync("load k 1 - t"), StringComparison.Ordinal);
        Assert.EndsWith(" 77", await cold.CallAsync("get other"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Eviction_OfEverythingAtAnyTime_NeverBringsAValueBack()
    {
        var a = await _world.StartNodeAsync(CoherenceLevel.Strict);
        var b = await _world.StartNodeAsync(CoherenceLevel.Strict);
        for (var round = 0; round < 10; round++)
        {
            var old = _world.Commit(1);
            await a.CallAsync("remove k");
            Assert.EndsWith($" {old}", await a.CallAsync("load k 1 - t"), StringComparison.Ordinal);
            Assert.EndsWith($" {old}", await b.CallAsync("load k 1 - t"), StringComparison.Ordinal);
            for (var i = 0; i < 3 && await _world.Server.CallAsync("RANDOMKEY") is string key; i++)
            {
                await _world.Server.CallAsync("UNLINK", key);
            }

            var fresh = _world.Commit(1);
            await b.CallAsync(round % 2 == 0 ? "removetag t" : "remove k");
            Assert.EndsWith($" {fresh}", await a.CallAsync("load k 1 - t"), StringComparison.Ordinal);
            Assert.EndsWith($" {fresh}", await b.CallAsync("load k 1 - t"), StringComparison.Ordinal);
        }
    }

    private static Larder.Node.NodeSettings WithFallback(Larder.Node.NodeSettings settings) =>
        settings with { FreshFor = TimeSpan.FromMilliseconds(50), FallbackFor = TimeSpan.FromMinutes(10) };

    private static Larder.Node.NodeSettings LongLived(Larder.Node.NodeSettings settings) => settings with { FreshFor = TimeSpan.FromHours(5) };
}
