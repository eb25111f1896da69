using Larder.Resp;

namespace Larder.Redis.Tests.Cascache;

/// <summary>Bulks over a real server.</summary>
public sealed class CascacheBulkTests(CascacheServer shared) : IClassFixture<CascacheServer>
{
    // The keys "a" and "b", of generation 0, with the numbers 1 and 2 in JSON; their hash is a vector of its own.
    private const string Bulk = "43415343 01 02 00000002 0001 61 0000000000000000 00000001 31 0001 62 0000000000000000 00000001 32";
    private const string Hash = "16275ef0f5d0eb9d";
    private static readonly Dictionary<string, int> Numbers = new() { ["b"] = 2, ["a"] = 1 };
    private readonly string _space = shared.NextSpace();

    [Fact]
    public async Task SetMany_Unchanged_WritesTheBulkAndTheSingles()
    {
        var store = Store();
        var outcomes = await store.SetManyIfUnchangedAsync(Numbers, await store.SnapshotManyAsync(Numbers.Keys));

        Assert.Equal(2, outcomes.Count);
        Assert.All(outcomes.Values, static outcome => Assert.Equal(CascacheOutcome.Stored, outcome));
        Assert.Equal(Vectors.Bytes(Bulk), await shared.Client.GetAsync($"bulk:{_space}:{Hash}"));
        Assert.Equal(Vectors.Bytes("43415343 01 01 0000000000000000 00000001 31"), await shared.Client.GetAsync($"single:{_space}:a"));
        Assert.Equal(Vectors.Bytes("43415343 01 01 0000000000000000 00000001 32"), await shared.Client.GetAsync($"single:{_space}:b"));
        Assert.InRange((long)(await shared.Server.CallAsync("PTTL", $"bulk:{_space}:{Hash}"))!, 1, 600_000);
    }

    [Fact]
    public async Task GetMany_BulkOfAnotherService_AnswersInTheOrderOfTheKeysAndWarmsTheSingles()
    {
        await shared.Client.SetAsync($"bulk:{_space}:{Hash}", Vectors.Bytes(Bulk));
        var store = Store();
        var found = await store.GetManyAsync(["b", "a", "b"]);

        Assert.Equal(["b", "a"], found.Keys);
        Assert.Equal([2, 1], found.Values.Select(static result => result.Value));
        Assert.Equal(1, store.Statistics.BulkHits);
        Assert.Equal(Vectors.Bytes("43415343 01 01 0000000000000000 00000001 31"), await shared.Client.GetAsync($"single:{_space}:a"));
        Assert.Equal(2, (await store.GetAsync("b")).Value);
    }

    [Fact]
    public async Task GetMany_SinglesAreThere_DoesNotProlongThem()
    {
        var store = Store();
        var snapshots = await store.SnapshotManyAsync(Numbers.Keys);
        await store.SetManyIfUnchangedAsync(Numbers, snapshots);
        await store.SetIfUnchangedAsync("a", 1, snapshots["a"], TimeSpan.FromSeconds(9));

        await store.GetManyAsync(["a", "b"]);
        Assert.Equal(1, store.Statistics.BulkHits);
        Assert.InRange((long)(await shared.Server.CallAsync("PTTL", $"single:{_space}:a"))!, 1, 9_000);
    }

    [Fact]
    public async Task GetMany_SingleIsOfAnOldGeneration_IsReplaced()
    {
        var store = Store();
        await store.RemoveAsync("a");
        await store.SetManyIfUnchangedAsync(Numbers, await store.SnapshotManyAsync(Numbers.Keys));
        await shared.Client.SetAsync($"single:{_space}:a", Vectors.Bytes("43415343 01 01 0000000000000000 00000001 39"));

        Assert.Equal(1, (await store.GetManyAsync(["a", "b"]))["a"].Value);
        Assert.Equal(1, (await store.GetAsync("a")).Value);
    }

    [Fact]
    public async Task GetMany_OneMemberRemoved_DeletesTheBulkAndReadsSingles()
    {
        var store = Store();
        await store.SetManyIfUnchangedAsync(Numbers, await store.SnapshotManyAsync(Numbers.Keys));
        await store.RemoveAsync("a");
        var found = await store.GetManyAsync(["a", "b"]);

        Assert.Equal(CascacheReason.Absent, found["a"].Reason);
        Assert.Equal(2, found["b"].Value);
        Assert.Null(await shared.Client.GetAsync($"bulk:{_space}:{Hash}"));
        Assert.Equal(1, store.Statistics.BulkRejections[CascacheReason.GenerationMoved]);
    }

    [Fact]
    public async Task GetMany_OtherMembersInTheBulk_ArePassedBy()
    {
        // "c" is stale, and no key that was asked for.
        await shared.Client.SetAsync(
            $"bulk:{_space}:{Hash}",
            Vectors.Bytes("43415343 01 02 00000003 0001 61 0000000000000000 00000001 31 0001 62 0000000000000000 00000001 32 0001 63 0000000000000009 00000001 33"));
        var found = await Store().GetManyAsync(["a", "b"]);
        Assert.Equal([1, 2], found.Values.Select(static result => result.Value));
    }

    [Fact]
    public async Task GetMany_KeyTwiceInTheBulk_TheLastCounts()
    {
        await shared.Client.SetAsync(
            $"bulk:{_space}:{Hash}",
            Vectors.Bytes("43415343 01 02 00000003 0001 61 0000000000000007 00000001 39 0001 62 0000000000000000 00000001 32 0001 61 0000000000000000 00000001 31"));
        var found = await Store().GetManyAsync(["a", "b"]);
        Assert.Equal([1, 2], found.Values.Select(static result => result.Value));
    }

    [Theory]
    [InlineData("43415343 01 02 00000001 0001 61 0000000000000000 00000001 31", "MemberMissing")]
    [InlineData("43415343 01 02 00000000", "MemberMissing")]
    [InlineData("43415343 01 02 00000002 0001 61 0000000000000000 00000001 31 0001 62 0000000000000000 00000001 7b", "ValueUnreadable")]
    [InlineData("43415343 01 02 00000002 0001 61 0000000000000000 00000001 31 0001 62 0000000000000001 00000001 32", "GenerationMoved")]
    [InlineData("43415343 01 02 00000002 0001 61 0000000000000000 00000001 31 0001 62 0000000000000000 00000001 32 00", "Corrupt")]
    [InlineData("43415343 01 02 ffffffff 0001 61 0000000000000000 00000001 31 0001 62 0000000000000000 00000001 32", "Corrupt")]
    [InlineData("43415343 01 01 0000000000000000 00000001 31", "Corrupt")]
    public async Task GetMany_BulkThatCanNotAnswer_IsDeletedAndSinglesAnswer(string frame, string reason)
    {
        await shared.Client.SetAsync($"bulk:{_space}:{Hash}", Vectors.Bytes(frame));
        await shared.Client.SetAsync($"single:{_space}:b", Vectors.Bytes("43415343 01 01 0000000000000000 00000001 38"));
        var store = Store();
        var found = await store.GetManyAsync(["a", "b"]);

        Assert.Equal(CascacheReason.Absent, found["a"].Reason);
        Assert.Equal(8, found["b"].Value);
        Assert.Null(await shared.Client.GetAsync($"bulk:{_space}:{Hash}"));
        Assert.Equal(1, store.Statistics.BulkRejections[Enum.Parse<CascacheReason>(reason)]);
    }

    [Fact]
    public async Task SetMany_OneRemovedSinceItsSnapshot_StoresTheOthersWithoutABulk()
    {
        var store = Store();
        var snapshots = await store.SnapshotManyAsync(Numbers.Keys);
        await store.RemoveAsync("a");
        var outcomes = await store.SetManyIfUnchangedAsync(Numbers, snapshots);

        Assert.Equal(CascacheOutcome.Changed, outcomes["a"]);
        Assert.Equal(CascacheOutcome.Stored, outcomes["b"]);
        Assert.Null(await shared.Client.GetAsync($"bulk:{_space}:{Hash}"));
        Assert.Null(await shared.Client.GetAsync($"single:{_space}:a"));
        Assert.Equal(2, (await store.GetAsync("b")).Value);
    }

    [Fact]
    public async Task SetMany_SnapshotMissing_StoresTheOthersWithoutABulk()
    {
        var store = Store();
        var outcomes = await store.SetManyIfUnchangedAsync(Numbers, await store.SnapshotManyAsync(["b"]));
        Assert.Equal(CascacheOutcome.Unavailable, outcomes["a"]);
        Assert.Equal(CascacheOutcome.Stored, outcomes["b"]);
        Assert.Null(await shared.Client.GetAsync($"bulk:{_space}:{Hash}"));
    }

    [Fact]
    public async Task Bulks_SwitchedOff_AreNeitherWrittenNorRead()
    {
        var store = Store(new CascacheOptions { UsesBulk = false });
        await store.SetManyIfUnchangedAsync(Numbers, await store.SnapshotManyAsync(Numbers.Keys));
        Assert.Null(await shared.Client.GetAsync($"bulk:{_space}:{Hash}"));

        await shared.Client.SetAsync($"bulk:{_space}:{Hash}", Vectors.Bytes("00"));
        Assert.Equal([1, 2], (await store.GetManyAsync(["a", "b"])).Values.Select(static result => result.Value));
        Assert.NotNull(await shared.Client.GetAsync($"bulk:{_space}:{Hash}"));
    }

    [Fact]
    public async Task Limits_BulkTooLargeOrOfTooManyKeys_AreSinglesInstead()
    {
        var narrow = Store(new CascacheOptions { MaximumBulkBytes = 41 });
        await narrow.SetManyIfUnchangedAsync(Numbers, await narrow.SnapshotManyAsync(Numbers.Keys));
        Assert.Null(await shared.Client.GetAsync($"bulk:{_space}:{Hash}"));
        Assert.Equal([1, 2], (await narrow.GetManyAsync(["a", "b"])).Values.Select(static result => result.Value));

        await shared.Client.SetAsync($"bulk:{_space}:{Hash}", Vectors.Bytes(Bulk));
        Assert.Equal([1, 2], (await narrow.GetManyAsync(["a", "b"])).Values.Select(static result => result.Value));
        Assert.Equal(1, narrow.Statistics.BulkRejections[CascacheReason.TooLarge]);
        Assert.NotNull(await shared.Client.GetAsync($"bulk:{_space}:{Hash}"));

        var few = Store(new CascacheOptions { MaximumBulkKeys = 1 });
        Assert.Equal([1, 2], (await few.GetManyAsync(["a", "b"])).Values.Select(static result => result.Value));
        Assert.Equal(0, few.Statistics.BulkHits);
    }

    [Fact]
    public async Task ManyKeys_BeyondAChunk_AreStoredAndFound()
    {
        var many = Enumerable.Range(0, 700).ToDictionary(static number => $"key{number}", static number => number);
        foreach (var store in new[] { Store(), Store(new CascacheOptions { UsesBulk = false }) })
        {
            Assert.All((await store.SetManyIfUnchangedAsync(many, await store.SnapshotManyAsync(many.Keys))).Values, static outcome => Assert.Equal(CascacheOutcome.Stored, outcome));
            var found = await store.GetManyAsync(many.Keys);
            Assert.Equal(many, found.ToDictionary(static pair => pair.Key, static pair => pair.Value.Value));
        }

        Assert.Empty(await Store().GetManyAsync([]));
    }

    private CascacheStore<int> Store(CascacheOptions? options = null) => new(shared.Client, _space, options: options);
}
