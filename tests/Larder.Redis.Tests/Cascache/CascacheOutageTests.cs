using Larder.Resp;
using Larder.Servers;

namespace Larder.Redis.Tests.Cascache;

/// <summary>Redis away, halted, and without the right to run what is asked.</summary>
public sealed class CascacheOutageTests
{
    [Fact]
    public async Task Everything_WhileTheServerIsDown_MissesSkipsOrThrows()
    {
        await using var server = await RealServer.StartAsync();
        await using var client = await RespClient.ConnectAsync($"127.0.0.1:{server.Port},connectTimeout=1000,commandTimeout=300");
        var store = new CascacheStore<int>(client, "n");
        var before = await store.SnapshotAsync("a");
        server.Kill();

        Assert.Equal(CascacheReason.Unavailable, (await store.GetAsync("a")).Reason);
        Assert.Equal(CascacheReason.Unavailable, (await store.GetManyAsync(["a", "b"]))["b"].Reason);
        var none = await store.SnapshotAsync("a");
        Assert.True(none.IsNone);
        Assert.Equal(CascacheOutcome.Unavailable, await store.SetIfUnchangedAsync("a", 1, none));
        Assert.Equal(CascacheOutcome.Unavailable, await store.SetIfUnchangedAsync("a", 1, before));
        var outcomes = await store.SetManyIfUnchangedAsync(new Dictionary<string, int> { ["a"] = 1 }, new Dictionary<string, CascacheSnapshot> { ["a"] = before });
        Assert.Equal(CascacheOutcome.Unavailable, outcomes["a"]);
        var thrown = await Assert.ThrowsAsync<TierUnavailableException>(async () => await store.RemoveAsync("a"));
        Assert.IsAssignableFrom<RespException>(thrown.InnerException);
    }

    [Fact]
    public async Task Remove_ServerHaltedInTheMiddle_ThrowsAndCanBeRepeated()
    {
        await using var server = await RealServer.StartAsync();
        await using var client = await RespClient.ConnectAsync($"127.0.0.1:{server.Port},commandTimeout=300");
        var store = new CascacheStore<int>(client, "n");
        var before = await store.SnapshotAsync("a");
        server.Pause();
        await Assert.ThrowsAsync<TierUnavailableException>(async () => await store.RemoveAsync("a"));
        server.Resume();

        await using var other = await RespClient.ConnectAsync($"127.0.0.1:{server.Port}");
        var fresh = new CascacheStore<int>(other, "n");
        await fresh.RemoveAsync("a");
        Assert.Equal(CascacheOutcome.Changed, await fresh.SetIfUnchangedAsync("a", 1, before));
    }

    [Fact]
    public async Task Scripts_ForgottenByTheServer_AreSentAgain()
    {
        await using var server = await RealServer.StartAsync();
        await using var client = await RespClient.ConnectAsync($"127.0.0.1:{server.Port}");
        var store = new CascacheStore<int>(client, "n");
        await store.SetIfUnchangedAsync("a", 1, await store.SnapshotAsync("a"));
        await server.CallAsync("SCRIPT", "FLUSH");

        Assert.Equal(CascacheOutcome.Stored, await store.SetIfUnchangedAsync("a", 2, await store.SnapshotAsync("a")));
        await server.CallAsync("SCRIPT", "FLUSH");
        await store.RemoveAsync("a");
        Assert.Equal(CascacheReason.Absent, (await store.GetAsync("a")).Reason);
    }

    [Fact]
    public async Task SetIfUnchanged_OneServer_ComparesAndStoresInOneCommand()
    {
        await using var server = FakeServer.Start();
        server.Answers.On("GET", Wire.Null).On("EVALSHA", Wire.Number(1));
        await using var client = await RespClient.ConnectAsync($"127.0.0.1:{server.Port},topology=standalone");
        var store = new CascacheStore<int>(client, "n");
        var snapshot = await store.SnapshotAsync("a");
        var before = server.Connections[0].Received.Count;
        Assert.Equal(CascacheOutcome.Stored, await store.SetIfUnchangedAsync("a", 1, snapshot));

        var sent = Assert.Single(server.Connections[0].Received.Skip(before));
        Assert.Equal("EVALSHA", sent.Verb);
        Assert.Equal(["2", "gen:n:single:n:a", "single:n:a", "0"], sent.Texts.Skip(2).Take(4));
    }

    [Fact]
    public async Task Rights_OfTheDocumentedUser_AreEnough()
    {
        await using var server = await RealServer.StartAsync(new ServerSettings
        {
            Users = ["app on >secret resetchannels ~single:n:* ~bulk:n:* ~gen:n:* -@all +get +getrange +strlen +set +incr +pexpire +unlink +eval +evalsha +hello +auth +client|setname +ping"],
        });
        await using var client = await RespClient.ConnectAsync($"127.0.0.1:{server.Port},user=app,password=secret");
        var store = new CascacheStore<int>(client, "n", options: new CascacheOptions { GenerationRetention = TimeSpan.FromHours(1) });
        var numbers = new Dictionary<string, int> { ["a"] = 1, ["b"] = 2 };
        Assert.All((await store.SetManyIfUnchangedAsync(numbers, await store.SnapshotManyAsync(numbers.Keys))).Values, static outcome => Assert.Equal(CascacheOutcome.Stored, outcome));
        Assert.True((await store.GetManyAsync(["a", "b"]))["a"].HasValue);
        Assert.Equal(1, store.Statistics.BulkHits);
        await store.RemoveAsync("a");
        Assert.Equal(2, (await store.GetManyAsync(["a", "b"]))["b"].Value);
        Assert.Equal(1, store.Statistics.Healed);

        var foreign = new CascacheStore<int>(client, "other");
        Assert.Equal(CascacheReason.Unavailable, (await foreign.GetAsync("a")).Reason);
        await Assert.ThrowsAsync<TierUnavailableException>(async () => await foreign.RemoveAsync("a"));
    }

    [Fact]
    public async Task Reads_WhereTheClientReadsFromReplicas_StillAskThePrimary()
    {
        const int MostAttempts = 500;
        await using var primary = await RealServer.StartAsync();
        await using var replica = await RealServer.StartAsync(new ServerSettings { Name = "replica", Arguments = ["--replicaof", "127.0.0.1", $"{primary.Port}"] });
        await using var client = await RespClient.ConnectAsync($"127.0.0.1:{replica.Port},127.0.0.1:{primary.Port},readFromReplicas=true,reconnectMaximum=50");

        // Until plain reads go to the replica; one that does not hear of a removal would go on calling the old generation current.
        for (var attempt = 1; await ReadsOfAsync(replica) is null; attempt++)
        {
            Assert.True(attempt < MostAttempts, "The client never reads from the replica.");
            await client.GetStringAsync("other");
        }

        var before = await ReadsOfAsync(replica);
        var store = new CascacheStore<int>(client, "n");
        await store.SetIfUnchangedAsync("a", 1, await store.SnapshotAsync("a"));
        await store.RemoveAsync("a");
        Assert.Equal(1UL, (await store.SnapshotAsync("a")).Generation);
        await store.GetManyAsync(["a", "b"]);
        Assert.Equal(before, await ReadsOfAsync(replica));
    }

    private static async Task<string?> ReadsOfAsync(RealServer server) => (await server.InfoAsync("commandstats", "cmdstat_get"))?.Split(',')[0];
}
