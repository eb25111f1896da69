using Larder.Integration.Tests.Kit;

namespace Larder.Integration.Tests.Promise;

/// <summary>Two applications, which differ by their prefix alone, over one server: neither knows of the other.</summary>
public sealed class TwoApplicationsTests : IAsyncLifetime
{
    private const string Shop = "shop";
    private const string Store = "shop-2";
    private World _world = null!;

    public static TheoryData<CoherenceLevel> Levels => [CoherenceLevel.Strict, CoherenceLevel.Bounded, CoherenceLevel.Eventual];

    public async ValueTask InitializeAsync() => _world = await World.StartAsync();

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Theory]
    [MemberData(nameof(Levels))]
    public async Task Entries_OfOneApplication_AreNotTheOthers(CoherenceLevel level)
    {
        var (a, b) = await StartAsync(level);
        await a.CallAsync("set k 1");
        Assert.EndsWith(" none", await b.CallAsync("get k"), StringComparison.Ordinal);
        await b.CallAsync("set k 2");
        Assert.EndsWith(" 1", await a.CallAsync("get k"), StringComparison.Ordinal);
        Assert.EndsWith(" 2", await b.CallAsync("get k"), StringComparison.Ordinal);

        Assert.Equal("1", await a.CallAsync("increment n"));
        Assert.Equal("1", await b.CallAsync("increment n"));
    }

    [Theory]
    [MemberData(nameof(Levels))]
    public async Task Removals_InOneApplication_LeaveTheOthersEntryInMemoryAndInRedis(CoherenceLevel level)
    {
        var (a, b) = await StartAsync(level);
        var second = await StartAsync(level, Store);
        foreach (var removal in (string[])["remove k", "expire k", "removetag t", "clear"])
        {
            await a.CallAsync("set k 1 t");
            await b.CallAsync("set k 2 t");
            Assert.EndsWith(" 1", await a.CallAsync("get k"), StringComparison.Ordinal);
            await World.Until(async () => await b.CallAsync("get k") == "Hit Memory 2", "the entry to be in memory");

            Assert.Equal("Done", await a.CallAsync(removal));
            Assert.EndsWith(" none", await a.CallAsync("get k"), StringComparison.Ordinal);
            Assert.Equal("2", await b.CallAsync("try k"));
            Assert.EndsWith(" 2", await second.CallAsync("get k"), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Lock_OfOneApplication_IsFreeInTheOther()
    {
        var (a, b) = await StartAsync(CoherenceLevel.Strict);
        Assert.NotEqual("none", await a.CallAsync("lock job 60000"));
        Assert.NotEqual("none", await b.CallAsync("lock job 60000"));
        await a.CallAsync("unlock job");
        Assert.Equal("held kept", await b.CallAsync("look job"));
        Assert.Equal("none", await (await StartAsync(CoherenceLevel.Strict, Store)).CallAsync("lock job 60000"));
    }

    [Fact]
    public async Task Hold_InOneApplication_LetsTheOtherStore()
    {
        var (a, b) = await StartAsync(CoherenceLevel.Strict);
        Assert.Equal("Done", await a.CallAsync("hold k 60000"));
        var value = _world.Commit(1);
        Assert.EndsWith($" {value}", await b.CallAsync("load k 1 -"), StringComparison.Ordinal);
        Assert.EndsWith($" {value}", await b.CallAsync("get k"), StringComparison.Ordinal);
        Assert.EndsWith(" none", await a.CallAsync("get k"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Feed_OfOneApplication_DoesNotTellTheOthersRemovals()
    {
        var (a, b) = await StartAsync(CoherenceLevel.Strict);
        var second = await StartAsync(CoherenceLevel.Strict, Store);
        await b.CallAsync("listen");
        await World.Until(async () => await b.CallAsync("heard") == "Gap::elsewhere", "the channel to stand");
        await a.CallAsync("remove theirs");
        await a.CallAsync("clear");
        await second.CallAsync("remove ours");
        await World.Until(async () => await b.CallAsync("heard") != "Gap::elsewhere", "the removal");
        Assert.Equal("Gap::elsewhere,Key:ours:elsewhere", await b.CallAsync("heard"));
    }

    private async Task<(NodeProcess A, NodeProcess B)> StartAsync(CoherenceLevel level) => (await StartAsync(level, Shop), await StartAsync(level, Store));

    private Task<NodeProcess> StartAsync(CoherenceLevel level, string prefix) => _world.StartNodeAsync(level, settings => settings with { Prefix = prefix });
}
