using System.Text;
using Larder.Resp.Tests.Kit;

namespace Larder.Resp.Tests.Commands;

public sealed class CommandTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private RespClient Client => shared.Client;

    [Fact]
    public async Task SetAsync_EveryOption_DoesWhatItSays()
    {
        Assert.True(await Client.SetAsync("s:1", "a", new RespSetOptions { Expiry = TimeSpan.FromMicroseconds(60_000_100) }));
        Assert.InRange((await Client.GetTimeToLiveAsync("s:1"))!.Value.TotalSeconds, 30, 60.001);
        Assert.False(await Client.SetAsync("s:1", "b", new RespSetOptions { When = RespSetWhen.Absent }));
        Assert.True(await Client.SetAsync("s:1", "c", new RespSetOptions { When = RespSetWhen.Present, KeepTtl = true }));
        Assert.NotEqual(Timeout.InfiniteTimeSpan, await Client.GetTimeToLiveAsync("s:1"));
        Assert.Equal("c"u8.ToArray(), await Client.SetAndGetAsync("s:1", "d", new RespSetOptions { ExpireAt = DateTimeOffset.UtcNow.AddHours(1) }));
        Assert.Null(await Client.SetAndGetAsync("s:none", "d"));
        Assert.Throws<ArgumentException>(() => { _ = Client.SetAsync("s:1", "d", new RespSetOptions { KeepTtl = true, Expiry = TimeSpan.FromSeconds(1) }); });
        var zero = Assert.Throws<ArgumentOutOfRangeException>(() => { _ = Client.SetAsync("s:1", "d", new RespSetOptions { Expiry = TimeSpan.Zero }); });
        Assert.Contains("00:00:00", zero.Message, StringComparison.Ordinal);
        Assert.True(await Client.SetAsync("s:short", "d", new RespSetOptions { Expiry = TimeSpan.FromTicks(1) }));
    }

    [Fact]
    public async Task ExpireAsync_EveryCondition_HoldsOrNot()
    {
        await Client.SetAsync("e", "x");
        Assert.Equal(DateTimeOffset.MaxValue, await Client.GetExpiryAsync("e"));
        Assert.Null(await Client.GetExpiryAsync("e:none"));
        Assert.False(await Client.ExpireAsync("e", TimeSpan.FromMinutes(1), RespExpireWhen.HasOne));
        Assert.False(await Client.ExpireAsync("e", TimeSpan.FromMinutes(1), RespExpireWhen.Later));
        Assert.True(await Client.ExpireAsync("e", TimeSpan.FromMinutes(1), RespExpireWhen.HasNone));
        Assert.False(await Client.ExpireAsync("e", TimeSpan.FromMinutes(2), RespExpireWhen.Earlier));
        Assert.True(await Client.ExpireAsync("e", TimeSpan.FromMinutes(2), RespExpireWhen.Later));
        var end = DateTimeOffset.FromUnixTimeMilliseconds(DateTimeOffset.UtcNow.AddHours(1).ToUnixTimeMilliseconds());
        Assert.False(await Client.ExpireAtAsync("e", end, RespExpireWhen.Earlier));
        Assert.True(await Client.ExpireAtAsync("e", end, RespExpireWhen.HasOne));
        Assert.Equal(end, await Client.GetExpiryAsync("e"));
        Assert.Throws<ArgumentOutOfRangeException>(() => { _ = Client.ExpireAsync("e", TimeSpan.FromMinutes(2), (RespExpireWhen)9); });
    }

    [Fact]
    public async Task Get_EveryForm_GivesTheValue()
    {
        await Client.SetAsync("g", "some value");
        Assert.Equal("some value", await Client.GetStringAsync("g"));
        using (var lease = await Client.GetLeaseAsync("g"))
        {
            Assert.Equal("some value", Encoding.UTF8.GetString(lease!.Span));
            Assert.Equal(10, lease.Sequence.Length);
            lease.Dispose();
            Assert.Throws<ObjectDisposedException>(() => lease.Memory);
        }

        Assert.Null(await Client.GetLeaseAsync("g:none"));
        Assert.Equal("me va"u8.ToArray(), await Client.GetRangeAsync("g", 2, 6));
        Assert.Equal(10, await Client.GetLengthAsync("g"));
        Assert.NotNull(await Client.GetAndExpireAsync("g", TimeSpan.FromMinutes(1)));
        Assert.NotEqual(Timeout.InfiniteTimeSpan, await Client.GetTimeToLiveAsync("g"));
        await Client.GetAndExpireAsync("g", null);
        Assert.Equal(Timeout.InfiniteTimeSpan, await Client.GetTimeToLiveAsync("g"));
        Assert.NotNull(await Client.GetAndDeleteAsync("g"));
        Assert.Null(await Client.GetAsync("g"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(256)]
    [InlineData(257)]
    [InlineData(1_000)]
    public async Task Many_OfAnyLength_AreSplitAndComeBackInOrder(int count)
    {
        var keys = Enumerable.Range(0, count).Select(i => (RespArgument)$"m:{count}:{i}").ToArray();
        await Client.SetManyAsync(keys.SelectMany((key, i) => new[] { key, i }).ToArray());
        var values = await Client.GetManyAsync(keys);
        Assert.Equal(Enumerable.Range(0, count).Select(i => $"{i}"), values.Select(value => Encoding.UTF8.GetString(value!)));
        Assert.Equal(count, await Client.UnlinkAsync(keys));
    }

    [Fact]
    public async Task Keys_LifeTimes_AreSetAndRead()
    {
        await Client.SetAsync("k", "v");
        Assert.True(await Client.ExistsAsync("k"));
        Assert.Equal("string", await Client.GetTypeAsync("k"));
        Assert.True(await Client.ExpireAsync("k", TimeSpan.FromMinutes(1)));
        Assert.True(await Client.PersistAsync("k"));
        Assert.True(await Client.ExpireAtAsync("k", DateTimeOffset.UtcNow.AddMinutes(1)));
        Assert.True(await Client.UnlinkAsync("k"));
        Assert.False(await Client.UnlinkAsync("k"));
        Assert.Null(await Client.GetTimeToLiveAsync("k"));
        Assert.Throws<ArgumentOutOfRangeException>(() => { _ = Client.ExpireAsync("k", TimeSpan.Zero); });
    }

    [Fact]
    public async Task Numbers_Incremented_GiveTheSum()
    {
        Assert.Equal(1, await Client.IncrementAsync("n"));
        Assert.Equal(-4, await Client.IncrementAsync("n", -5));
        Assert.Equal(-3.5, await Client.IncrementAsync("n", 0.5));
        await Client.UnlinkAsync("n");
    }

    [Fact]
    public async Task ScanAsync_ManyKeys_FindsAllOfThePattern()
    {
        var keys = Enumerable.Range(0, 700).Select(i => (RespArgument)$"scan:{i}").ToArray();
        await Client.SetManyAsync(keys.SelectMany(key => new[] { key, "v" }).ToArray());
        var found = new HashSet<string>();
        await foreach (var key in Client.ScanAsync("scan:*", "string", count: 50))
        {
            found.Add(Encoding.UTF8.GetString(key));
        }

        Assert.Equal(700, found.Count);
        await Client.UnlinkAsync(keys);
    }

    [Fact]
    public async Task Hashes_Fields_AreSetReadAndRemoved()
    {
        Assert.Equal(2, await Client.HashSetAsync("h", ["a", 1, "b", "two"]));
        Assert.Equal("two"u8.ToArray(), await Client.HashGetAsync("h", "b"));
        Assert.Equal([true, false], (await Client.HashGetManyAsync("h", ["a", "none"])).Select(value => value is not null));
        Assert.Equal(4, (await Client.HashGetAllAsync("h")).Length);
        Assert.Equal(6, await Client.HashIncrementAsync("h", "a", 5));
        Assert.True(await Client.HashExistsAsync("h", "a"));
        Assert.Equal(2, await Client.HashLengthAsync("h"));
        Assert.Equal(2, await Client.HashDeleteAsync("h", ["a", "b", "c"]));
    }

    [Fact]
    public async Task SortedSets_Members_AreAddedRankedAndRemoved()
    {
        Assert.True(await Client.SortedSetAddAsync("z", 1.5, "a"));
        Assert.True(await Client.SortedSetAddAsync("z", double.PositiveInfinity, "b"));
        Assert.Equal(2.0, await Client.SortedSetIncrementAsync("z", 0.5, "a"));
        Assert.Equal(double.PositiveInfinity, await Client.SortedSetScoreAsync("z", "b"));
        Assert.Null(await Client.SortedSetScoreAsync("z", "none"));
        Assert.Equal(1, await Client.SortedSetRankAsync("z", "b"));
        Assert.Null(await Client.SortedSetRankAsync("z", "none"));
        Assert.Equal(2, (await Client.SortedSetRangeAsync("z")).Length);
        Assert.Single(await Client.SortedSetRangeByScoreAsync("z", double.NegativeInfinity, double.PositiveInfinity, most: 1));
        Assert.Equal(1, await Client.SortedSetRemoveByScoreAsync("z", 0, 5));
        Assert.Equal(1, await Client.SortedSetLengthAsync("z"));
        Assert.Equal(1, await Client.SortedSetRemoveAsync("z", ["b"]));
    }

    [Fact]
    public async Task EvaluateAsync_ScriptUnknownToTheServer_FallsBackForEachCall()
    {
        var script = new RespScript("return {KEYS[1], ARGV[1], redis.call('SCRIPT', 'EXISTS', 'x') and 1}".Replace("redis.call('SCRIPT', 'EXISTS', 'x') and 1", "1", StringComparison.Ordinal));
        await Client.ExecuteAsync(new RespCommand("SCRIPT FLUSH"));
        var calls = Enumerable.Range(0, 20).Select(i => Client.EvaluateAsync(script, ["k"], [i]).AsTask()).ToList();
        for (var i = 0; i < calls.Count; i++)
        {
            Assert.Equal($"{i}", (await calls[i]).Items[1].AsString());
        }

        await Client.ExecuteAsync(new RespCommand("SCRIPT FLUSH"));
        Assert.Equal("k", (await Client.EvaluateAsync(script, ["k"], ["x"])).Items[0].AsString());
        var broken = await Assert.ThrowsAsync<RespServerException>(() => Client.EvaluateAsync(new RespScript("return nonsense("), []).AsTask());
        Assert.Equal("ERR", broken.Code);
    }

    [Fact]
    public async Task ExecuteGroupAsync_ScriptUnknownToTheServer_SendsTheGroupWithItsText()
    {
        var counting = new RespScript("return redis.call('INCR', KEYS[1])");
        await Client.UnlinkAsync("gs:1");
        await Client.ExecuteAsync(new RespCommand("SCRIPT FLUSH"));
        var group = new RespGroup { { counting, ["gs:1"] }, new("GET", "gs:1") };
        Assert.Equal(["1", "1"], (await Client.ExecuteGroupAsync(group)).Select(one => one.AsString()));
        Assert.Equal(["2", "2"], (await Client.ExecuteGroupAsync(group)).Select(one => one.AsString()));
        await Client.ExecuteAsync(new RespCommand("SCRIPT FLUSH"));
        Assert.Equal(3, await Client.ExecuteGroupAsync(group, Larder.Resp.Reading.Replies.Whole));

        // INCR may not be sent twice, so the error comes through.
        await Client.ExecuteAsync(new RespCommand("SCRIPT FLUSH"));
        var harmful = new RespGroup { { counting, ["gs:1"] }, new("INCR", "gs:1") };
        Assert.StartsWith("NOSCRIPT", (await Client.ExecuteGroupAsync(harmful))[0].AsString(), StringComparison.Ordinal);
        Assert.Equal("4", await Client.GetStringAsync("gs:1"));
    }

    [Fact]
    public async Task Server_Asked_Answers()
    {
        Assert.True(await Client.PingAsync() >= TimeSpan.Zero);
        Assert.Contains("used_memory", await Client.GetInfoAsync("memory"), StringComparison.Ordinal);
        Assert.Contains("redis_version", await Client.GetInfoAsync(), StringComparison.Ordinal);
        Assert.Equal(0, await Client.WaitForReplicasAsync(1, TimeSpan.FromMilliseconds(5)));
        Assert.True(await Client.GetClientIdAsync() > 0);
        Assert.Contains("resp=3", await Client.GetClientInfoAsync(), StringComparison.Ordinal);
        Assert.True(await Client.SetTrackingAsync(isOn: true));
        Assert.True(await Client.SetTrackingAsync(isOn: false));
        var alone = await Assert.ThrowsAsync<RespServerException>(() => Client.ClusterAsync("KEYSLOT", ["foo"]).AsTask());
        Assert.Contains("cluster support disabled", alone.Message, StringComparison.Ordinal);
    }
}
