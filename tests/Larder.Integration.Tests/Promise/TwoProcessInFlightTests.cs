using Larder.Integration.Tests.Kit;

namespace Larder.Integration.Tests.Promise;

/// <summary>The scenarios in which a command or its answer is on the way between a process and the server while something else happens: a proxy holds it up, or loses it.</summary>
public sealed class TwoProcessInFlightTests : IAsyncLifetime
{
    private const string Key = ":k:k";
    private World _world = null!;
    private GatedProxy _proxy = null!;

    public static TheoryData<CoherenceLevel> Levels => [CoherenceLevel.Strict, CoherenceLevel.Bounded, CoherenceLevel.Eventual];

    public static TheoryData<CoherenceLevel, string> Removals => new MatrixTheoryData<CoherenceLevel, string>(
        [CoherenceLevel.Strict, CoherenceLevel.Bounded, CoherenceLevel.Eventual], ["remove k", "removetag t", "set k 1000"]);

    public async ValueTask InitializeAsync()
    {
        _world = await World.StartAsync();
        _proxy = new GatedProxy(_world.Server.Port);
    }

    public async ValueTask DisposeAsync()
    {
        await _world.DisposeAsync();
        await _proxy.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(Removals))]
    public async Task F9_ReadsWhileTheServerIsBeingTold_AreNotKeptBeyondTheChange(CoherenceLevel level, string change)
    {
        var reader = await _world.StartNodeAsync(level);
        var remover = await StartBehindProxyAsync(level);
        var old = _world.Commit(1);
        await World.Until(async () => await ReadAsync(reader) == old && await reader.CallAsync("try k") == old, "the reader's memory to keep the value");
        await World.Until(async () => await ReadAsync(remover) == old && await remover.CallAsync("try k") == old, "the remover's memory to keep the value");
        var fresh = change.StartsWith("set", StringComparison.Ordinal) ? "1000" : _world.Commit(1);

        _proxy.Requests.Shut();
        var changing = remover.CallAsync(change);

        // Of a tag the cell for all tags is told first.
        await _proxy.Requests.HeldAsync(change.StartsWith("removetag", StringComparison.Ordinal) ? $"larder:{level}:a" : Key);
        var own = ReadAsync(remover);
        Assert.Equal(old, Last(await reader.CallAsync("get k")));
        Assert.False(changing.IsCompleted);
        _proxy.Requests.Open();
        await changing;

        Assert.NotEqual(old, await remover.CallAsync("try k"));
        await own;
        Assert.Equal(fresh, await ReadAsync(remover));
        await SeesAsync(level, reader, old, fresh);
        Assert.NotEqual(old, await remover.CallAsync("try k"));
    }

    [Theory]
    [MemberData(nameof(Levels))]
    public async Task F9_ReadsWhileTheServersAnswerIsOnItsWay_AreNotKeptBeyondTheChange(CoherenceLevel level)
    {
        var reader = await _world.StartNodeAsync(level);
        var remover = await StartBehindProxyAsync(level);
        var old = _world.Commit(1);
        await World.Until(async () => await ReadAsync(remover) == old && await remover.CallAsync("try k") == old, "the remover's memory to keep the value");
        var fresh = _world.Commit(1);

        _proxy.Replies.Shut();
        var changing = remover.CallAsync("remove k");
        await World.Until(async () => Equals(await _world.Server.CallAsync("EXISTS", $"larder:{level}{Key}"), 0L), "the server to carry it out");
        var own = ReadAsync(remover);
        Assert.Equal(fresh, await ReadAsync(reader));
        Assert.False(changing.IsCompleted);
        _proxy.Replies.Open();
        await changing;

        Assert.NotEqual(old, await remover.CallAsync("try k"));
        await own;
        Assert.Equal(fresh, await ReadAsync(remover));
        Assert.Equal(fresh, await ReadAsync(reader));
    }

    [Theory]
    [MemberData(nameof(Removals))]
    public async Task F10_ChangedWhileAReadsAnswerIsOnItsWay_TheOldAnswerIsNotKept(CoherenceLevel level, string change)
    {
        const string Old = "424242";
        var writer = await _world.StartNodeAsync(level);
        var reader = await StartBehindProxyAsync(level);
        await writer.CallAsync($"set k {Old} t");
        _proxy.Replies.Shut();
        var before = reader.CallAsync("get k");
        await _proxy.Replies.HeldAsync(Old);

        await writer.CallAsync(change);
        Assert.False(before.IsCompleted);
        _proxy.Replies.Open();

        await before;
        await SeesAsync(level, reader, Old, change.StartsWith("set", StringComparison.Ordinal) ? "1000" : _world.Commit(1));
    }

    [Fact]
    public async Task F16_ConnectionIsLostBeforeTheFill_TheRightToLoadIsGivenBack()
    {
        var (loader, other) = await StartLoadersAsync();
        var value = _world.Commit(1);
        var load = ValueOf(loader.CallAsync("load k 1 gate t"));
        await loader.AtAsync("gate");
        _proxy.Requests.Shut();
        await loader.CallAsync("release gate");
        await _proxy.Requests.HeldAsync(Key);
        _proxy.Cut();

        Assert.Equal(value, await load);
        await LoadsAndStoresAsync(other, loader);
    }

    [Fact]
    public async Task F16_ConnectionIsLostBehindTheFill_WhatWasStoredCountsAndTheRightIsFree()
    {
        var (loader, other) = await StartLoadersAsync();
        var value = _world.Commit(1);
        var load = ValueOf(loader.CallAsync("load k 1 gate t"));
        await loader.AtAsync("gate");
        _proxy.Replies.Shut();
        await loader.CallAsync("release gate");
        await World.Until(async () => Last(await other.CallAsync("get k")) == value, "the server to carry out the fill");
        _proxy.Cut();

        Assert.Equal(value, await load);
        Assert.Equal($"Hit {value}", WithoutTier(await other.CallAsync("load k 1 fail t")));
        _world.Commit(1);
        await World.Until(() => World.SucceedsAsync(() => other.CallAsync("remove k")), "the removal to succeed");
        await LoadsAndStoresAsync(other, loader);
    }

    [Fact]
    public async Task F16_ServerRefusesTheFill_TheRightToLoadIsGivenBack()
    {
        var (loader, other) = await StartLoadersAsync();
        var value = _world.Commit(1);
        var load = ValueOf(loader.CallAsync("load k 1 gate t"));
        await loader.AtAsync("gate");
        await _world.Server.CallAsync("CONFIG", "SET", "maxmemory", "1");
        await loader.CallAsync("release gate");
        Assert.Equal(value, await load);
        await _world.Server.CallAsync("CONFIG", "SET", "maxmemory", "0");

        await LoadsAndStoresAsync(other, loader);
    }

    /// <summary>The right to load would outlast the test if it were not given back: so long would the other process wait.</summary>
    private static Larder.Node.NodeSettings Patient(Larder.Node.NodeSettings settings) =>
        settings with { LoadLease = TimeSpan.FromMinutes(10), LoadWait = TimeSpan.FromMinutes(10), SourceTimeout = TimeSpan.FromMinutes(10) };

    private static string Last(string answer) => answer.Split(' ')[^1];

    private static string WithoutTier(string answer) => $"{answer.Split(' ')[0]} {Last(answer)}";

    private static async Task<string> ValueOf(Task<string> call) => Last(await call);

    private static async Task<string> ReadAsync(NodeProcess node) => Last(await node.CallAsync("load k 1 - t"));

    /// <summary>What the level allows is waited for, and then the old value is answered no more, by memory neither.</summary>
    private static async Task SeesAsync(CoherenceLevel level, NodeProcess node, string old, string fresh)
    {
        if (level == CoherenceLevel.Bounded)
        {
            await Task.Delay(World.Lease);
        }
        else if (level == CoherenceLevel.Eventual)
        {
            await World.Until(async () => Last(await node.CallAsync("get k")) != old, $"node {node.Settings.Number} to see the change");
        }

        Assert.NotEqual(old, await node.CallAsync("try k"));
        Assert.Equal(fresh, await ReadAsync(node));
        Assert.NotEqual(old, await node.CallAsync("try k"));
    }

    private async Task LoadsAndStoresAsync(NodeProcess other, NodeProcess loader)
    {
        var fresh = _world.Commit(1);
        await World.Until(() => World.SucceedsAsync(() => other.CallAsync("remove unrelated")), "the other process to have its connection");
        var loaded = Last(await other.CallAsync("load k 1 - t"));
        Assert.Equal(fresh, loaded);
        Assert.Equal($"Hit {fresh}", WithoutTier(await other.CallAsync("get k")));
        await World.Until(async () => Last(await loader.CallAsync("get k")) == fresh, "the loader to find what the other process has stored");
    }

    private async Task<(NodeProcess Loader, NodeProcess Other)> StartLoadersAsync() =>
        (await StartBehindProxyAsync(CoherenceLevel.Strict, Patient), await _world.StartNodeAsync(CoherenceLevel.Strict, Patient));

    private Task<NodeProcess> StartBehindProxyAsync(CoherenceLevel level, Func<Larder.Node.NodeSettings, Larder.Node.NodeSettings>? change = null) =>
        _world.StartNodeAsync(level, settings => (change is null ? settings : change(settings)) with { Server = _proxy.ConnectionString, TierTimeout = TimeSpan.FromSeconds(20) });
}
