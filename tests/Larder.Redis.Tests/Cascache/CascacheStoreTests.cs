using Larder.Resp;
using Microsoft.Extensions.Caching.Hybrid;

namespace Larder.Redis.Tests.Cascache;

/// <summary>Single values over a real server, seen from both sides: the bytes that a Go service would read, and those that it would write.</summary>
public sealed class CascacheStoreTests(CascacheServer shared) : IClassFixture<CascacheServer>
{
    private const string Ada = "43415343 01 01 0000000000000000 00000018 7b224944223a223432222c224e616d65223a22416461227d";
    private static readonly User Expected = new("42", "Ada");
    private readonly string _space = shared.NextSpace();

    [Fact]
    public async Task SetIfUnchanged_Unchanged_WritesTheFrameUnderTheSingleKey()
    {
        var store = Store();
        Assert.Equal(CascacheOutcome.Stored, await store.SetIfUnchangedAsync("42", Expected, await store.SnapshotAsync("42")));

        Assert.Equal(Vectors.Bytes(Ada), await shared.Client.GetAsync($"single:{_space}:42"));
        Assert.InRange((long)(await shared.Server.CallAsync("PTTL", $"single:{_space}:42"))!, 1, 600_000);
        Assert.Equal(Expected, (await store.GetAsync("42")).Value);
    }

    [Fact]
    public async Task Get_FrameOfAnotherService_IsRead()
    {
        await shared.Client.SetAsync($"single:{_space}:42", Vectors.Bytes(Ada));
        Assert.Equal(Expected, (await Store().GetAsync("42")).Value);

        await shared.Client.SetAsync($"gen:{_space}:single:{_space}:43", "7");
        await shared.Client.SetAsync($"single:{_space}:43", Vectors.Bytes("43415343 01 01 0000000000000007 00000018 7b224944223a223432222c224e616d65223a22416461227d"));
        Assert.Equal(Expected, (await Store().GetAsync("43")).Value);
    }

    [Fact]
    public async Task Remove_AnyKey_RaisesTheGenerationAndDeletesTheSingle()
    {
        var store = Store();
        await store.SetIfUnchangedAsync("42", Expected, await store.SnapshotAsync("42"));
        await store.RemoveAsync("42");

        Assert.Equal("1", await shared.Server.CallAsync("GET", $"gen:{_space}:single:{_space}:42"));
        Assert.Equal(-1L, await shared.Server.CallAsync("PTTL", $"gen:{_space}:single:{_space}:42"));
        Assert.Null(await shared.Client.GetAsync($"single:{_space}:42"));
        Assert.Equal(CascacheReason.Absent, (await store.GetAsync("42")).Reason);
        Assert.Equal(1UL, (await store.SnapshotAsync("42")).Generation);
    }

    [Fact]
    public async Task Remove_WithRetention_LetsTheGenerationExpire()
    {
        var store = Store(new CascacheOptions { GenerationRetention = TimeSpan.FromHours(1) });
        await store.RemoveAsync("42");
        Assert.InRange((long)(await shared.Server.CallAsync("PTTL", $"gen:{_space}:single:{_space}:42"))!, 3_000_000, 3_600_000);
    }

    [Fact]
    public async Task SetIfUnchanged_RemovedSinceTheSnapshot_StoresNothing()
    {
        var store = Store();
        var snapshot = await store.SnapshotAsync("42");
        await store.RemoveAsync("42");

        Assert.Equal(CascacheOutcome.Changed, await store.SetIfUnchangedAsync("42", Expected, snapshot));
        Assert.Null(await shared.Client.GetAsync($"single:{_space}:42"));
        Assert.Equal(1, store.Statistics.Stores[CascacheOutcome.Changed]);
    }

    [Fact]
    public async Task SetIfUnchanged_RemovedByAnotherService_StoresNothing()
    {
        var store = Store();
        var snapshot = await store.SnapshotAsync("42");
        await shared.Server.CallAsync("INCR", $"gen:{_space}:single:{_space}:42");
        Assert.Equal(CascacheOutcome.Changed, await store.SetIfUnchangedAsync("42", Expected, snapshot));
    }

    [Fact]
    public async Task SetIfUnchanged_NewerValueIsThere_IsNotPushedOut()
    {
        var store = Store();
        var old = await store.SnapshotAsync("42");
        await store.RemoveAsync("42");
        await store.SetIfUnchangedAsync("42", Expected, await store.SnapshotAsync("42"));

        await store.SetIfUnchangedAsync("42", new User("42", "old"), old);
        Assert.Equal(Expected, (await store.GetAsync("42")).Value);
    }

    [Theory]
    [InlineData("43415343 01 01 0000000000000001 00000004 6e756c6c", "GenerationMoved")] // Read before a removal that another service made.
    [InlineData("43415343 01 01 0000000000000000 00000001 7b", "ValueUnreadable")]
    [InlineData("43415343 01 01 0000000000000000 00000002 7b", "Corrupt")]
    [InlineData("43415343 03 01 0000000000000000 00000001 7b", "Corrupt")]
    [InlineData("68656c6c6f", "Corrupt")]
    [InlineData("", "Corrupt")]
    public async Task Get_FrameThatCanNotBeUsed_IsAMissWithItsReasonAndDeleted(string frame, string reason)
    {
        var store = Store();
        await shared.Client.SetAsync($"single:{_space}:42", Vectors.Bytes(frame));

        Assert.Equal(Enum.Parse<CascacheReason>(reason), (await store.GetAsync("42")).Reason);
        Assert.Null(await shared.Client.GetAsync($"single:{_space}:42"));
        Assert.Equal(CascacheReason.Absent, (await store.GetAsync("42")).Reason);
        Assert.Equal(1, store.Statistics.Misses[Enum.Parse<CascacheReason>(reason)]);
        Assert.Equal(1, store.Statistics.Healed);
    }

    [Fact]
    public async Task Get_GenerationOverwrittenWithSomethingElse_IsAMissThatDeletesNothing()
    {
        var store = Store();
        await store.SetIfUnchangedAsync("42", Expected, await store.SnapshotAsync("42"));
        await shared.Client.SetAsync($"gen:{_space}:single:{_space}:42", "nonsense");

        Assert.Equal(CascacheReason.GenerationUnreadable, (await store.GetAsync("42")).Reason);
        Assert.True((await store.SnapshotAsync("42")).IsNone);
        Assert.NotNull(await shared.Client.GetAsync($"single:{_space}:42"));
        await Assert.ThrowsAsync<TierUnavailableException>(async () => await store.RemoveAsync("42"));
    }

    [Fact]
    public async Task Get_LostGeneration_IsAMissAndDeletedBeforeItCouldBecomeValidAgain()
    {
        var store = Store();
        await store.RemoveAsync("42");
        await store.SetIfUnchangedAsync("42", Expected, await store.SnapshotAsync("42"));
        await shared.Server.CallAsync("DEL", $"gen:{_space}:single:{_space}:42");

        Assert.Equal(CascacheReason.GenerationMoved, (await store.GetAsync("42")).Reason);
        await store.RemoveAsync("42");
        Assert.Equal(CascacheReason.Absent, (await store.GetAsync("42")).Reason);
    }

    [Fact]
    public async Task Limits_ValueTooLarge_IsNeitherStoredNorDecodedNorDeleted()
    {
        var generous = Store();
        var tight = Store(new CascacheOptions { MaximumValueBytes = 23 });
        var snapshot = await tight.SnapshotAsync("42");
        Assert.Equal(CascacheOutcome.TooLarge, await tight.SetIfUnchangedAsync("42", Expected, snapshot));
        await generous.SetIfUnchangedAsync("42", Expected, snapshot);

        Assert.Equal(CascacheReason.TooLarge, (await tight.GetAsync("42")).Reason);
        Assert.Equal(Expected, (await generous.GetAsync("42")).Value);
        Assert.Equal(Expected, (await Store(new CascacheOptions { MaximumValueBytes = 24 }).GetAsync("42")).Value);
    }

    [Fact]
    public async Task Lifetime_OfTheCall_IsThatOfTheKey()
    {
        var store = Store();
        await store.SetIfUnchangedAsync("42", Expected, await store.SnapshotAsync("42"), TimeSpan.FromSeconds(5));
        Assert.InRange((long)(await shared.Server.CallAsync("PTTL", $"single:{_space}:42"))!, 1, 5_000);
    }

    [Fact]
    public async Task SwitchedOff_EveryVerb_DoesNothingButRemove()
    {
        var store = Store();
        await store.SetIfUnchangedAsync("42", Expected, await store.SnapshotAsync("42"));
        var off = Store(new CascacheOptions { IsEnabled = false });

        Assert.False(off.IsEnabled);
        Assert.Equal(CascacheReason.Disabled, (await off.GetAsync("42")).Reason);
        Assert.Equal(CascacheReason.Disabled, (await off.GetManyAsync(["42"]))["42"].Reason);
        Assert.True((await off.SnapshotAsync("42")).IsNone);
        Assert.Equal(CascacheOutcome.Disabled, await off.SetIfUnchangedAsync("42", Expected, await store.SnapshotAsync("42")));
        await off.RemoveAsync("42");
        Assert.Equal(CascacheReason.Absent, (await store.GetAsync("42")).Reason);
    }

    [Fact]
    public async Task Codec_OfOnesOwn_IsUsed()
    {
        var store = new CascacheStore<byte[]>(shared.Client, _space, new Raw());
        await store.SetIfUnchangedAsync("k", [1, 2], await store.SnapshotAsync("k"));
        Assert.Equal(Vectors.Bytes("43415343 01 01 0000000000000000 00000002 0102"), await shared.Client.GetAsync($"single:{_space}:k"));
        Assert.Equal([1, 2], (await store.GetAsync("k")).Value);
    }

    [Fact]
    public async Task SetIfUnchanged_SnapshotOfSomethingElse_IsRefused()
    {
        var store = Store();
        var other = new CascacheStore<User>(shared.Client, _space + "x");
        var snapshot = await store.SnapshotAsync("42");
        await Assert.ThrowsAsync<ArgumentException>(async () => await store.SetIfUnchangedAsync("43", Expected, snapshot));
        await Assert.ThrowsAsync<ArgumentException>(async () => await other.SetIfUnchangedAsync("42", Expected, snapshot));
    }

    [Fact]
    public async Task SetIfUnchanged_WithoutASnapshot_IsRefused()
    {
        var store = Store();

        var single = await Assert.ThrowsAsync<ArgumentException>(async () => await store.SetIfUnchangedAsync("42", Expected, default));
        var many = await Assert.ThrowsAsync<ArgumentException>(async () => await store.SetManyIfUnchangedAsync(
            new Dictionary<string, User> { ["42"] = Expected }, new Dictionary<string, CascacheSnapshot> { ["42"] = default }));

        Assert.Contains("take one with SnapshotAsync", single.Message, StringComparison.Ordinal);
        Assert.Contains("take one with SnapshotAsync", many.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_ThatCanNotWork_AreRefusedAllAtOnce()
    {
        var refused = Assert.Throws<ArgumentException>(() => new CascacheStore<User>(shared.Client, "", null, new CascacheOptions
        {
            ValueLifetime = TimeSpan.Zero,
            MaximumValueBytes = 0,
            MaximumBulkKeys = -1,
            GenerationRetention = TimeSpan.FromMinutes(10),
        }));
        Assert.Contains("namespace", refused.Message, StringComparison.Ordinal);
        Assert.Contains("ValueLifetime is 00:00:00", refused.Message, StringComparison.Ordinal);
        Assert.Contains("MaximumValueBytes is 0", refused.Message, StringComparison.Ordinal);
        Assert.Contains("MaximumBulkKeys is -1", refused.Message, StringComparison.Ordinal);
        Assert.Contains("GenerationRetention is 00:10:00", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lifetime_NotShorterThanTheRetention_IsRefused()
    {
        var store = Store(new CascacheOptions { GenerationRetention = TimeSpan.FromHours(1) });
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            async () => await store.SetIfUnchangedAsync("42", Expected, default, TimeSpan.FromHours(1)));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await store.SetIfUnchangedAsync("42", Expected, default, TimeSpan.Zero));
    }

    private CascacheStore<User> Store(CascacheOptions? options = null) => new(shared.Client, _space, options: options);

    private sealed class Raw : IHybridCacheSerializer<byte[]>
    {
        public byte[] Deserialize(System.Buffers.ReadOnlySequence<byte> source) => System.Buffers.BuffersExtensions.ToArray(source);

        public void Serialize(byte[] value, System.Buffers.IBufferWriter<byte> target) => System.Buffers.BuffersExtensions.Write(target, value);
    }
}
