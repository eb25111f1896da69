using Larder.Integration.Tests.Kit;

namespace Larder.Integration.Tests.Promise;

/// <summary>Two builds of an application with two versions of one type share a server: what the codec can read is read, and what it can not is a miss that is counted, for both.</summary>
public sealed class TwoVersionsTests : IAsyncLifetime
{
    private const string Before = "Shop.Product Number:Int32 Name:String";
    private const string WithColour = "Shop.Product Number:Int32 Name:String Colour:String";
    private const string WithoutName = "Shop.Product Number:Int32";
    private const string NameIsNumber = "Shop.Product Number:Int32 Name:Int64";
    private const string Renamed = "Shop.Article Number:Int32 Name:String";
    private const string JamOfBefore = """{"Number":1,"Name":"jam"}""";
    private World _world = null!;

    public static TheoryData<CoherenceLevel> Levels => [CoherenceLevel.Strict, CoherenceLevel.Bounded, CoherenceLevel.Eventual];

    public async ValueTask InitializeAsync() => _world = await World.StartAsync();

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task Property_Added_IsEmptyInOlderEntriesAndLeftOutByOlderReaders()
    {
        var (older, newer) = await StartAsync(WithColour);
        await older.CallAsync($"vset k {JamOfBefore}");
        Assert.Equal("""Hit {"Number":1,"Name":"jam","Colour":null}""", await newer.CallAsync("vget k"));

        await newer.CallAsync("""vset k {"Number":2,"Name":"honey","Colour":"gold"}""");
        Assert.Equal("""Hit {"Number":2,"Name":"honey"}""", await older.CallAsync("vget k"));
        Assert.Equal("nothing", await older.CallAsync("unreadable"));
        Assert.Equal("nothing", await newer.CallAsync("unreadable"));
    }

    [Fact]
    public async Task Property_Removed_IsLeftOutByNewerReadersAndEmptyForOlderOnes()
    {
        var (older, newer) = await StartAsync(WithoutName);
        await older.CallAsync($"vset k {JamOfBefore}");
        Assert.Equal("""Hit {"Number":1}""", await newer.CallAsync("vget k"));

        await newer.CallAsync("""vset k {"Number":2}""");
        Assert.Equal("""Hit {"Number":2,"Name":null}""", await older.CallAsync("vget k"));
        Assert.Equal("nothing", await older.CallAsync("unreadable"));
        Assert.Equal("nothing", await newer.CallAsync("unreadable"));
    }

    [Fact]
    public Task Property_OfAnotherType_IsAMissWithAReasonForBoth() => EachReplacesTheOthers(NameIsNumber, """{"Number":1,"Name":7}""", "Undecodable");

    [Fact]
    public Task Type_Renamed_IsAMissWithAReasonForBoth() => EachReplacesTheOthers(Renamed, """{"Number":1,"Name":"article"}""", "OtherContract");

    [Theory]
    [MemberData(nameof(Levels))]
    public async Task Versions_ThatCanNotReadEachOther_AnswerTheirOwnAndCountEachTurn(CoherenceLevel level)
    {
        const int Turns = 10;
        var (older, newer) = await StartAsync(NameIsNumber, level);
        for (var turn = 1; turn <= Turns; turn++)
        {
            var mine = $$"""{"Number":{{turn}},"Name":"jam"}""";
            var theirs = $$"""{"Number":{{turn}},"Name":{{turn}}}""";
            await World.Until(async () => await older.CallAsync($"vload k {mine}") == $"Miss {mine}", "the newer version's entry to be known to the older one");
            await World.Until(async () => await newer.CallAsync($"vload k {theirs}") == $"Miss {theirs}", "the older version's entry to be known to the newer one");
        }

        // Whoever loads first finds nothing; all others find what they can not read, and say so.
        Assert.Equal($"Undecodable:{Turns - 1}", await older.CallAsync("unreadable"));
        Assert.Equal($"Undecodable:{Turns}", await newer.CallAsync("unreadable"));
    }

    [Fact]
    public async Task Versions_ThatCanNotReadEachOther_StillRemoveForEachOther()
    {
        var (older, newer) = await StartAsync(NameIsNumber);
        await older.CallAsync($"vset k {JamOfBefore}");
        Assert.Equal($"Hit {JamOfBefore}", await older.CallAsync("vget k"));
        await newer.CallAsync("remove k");
        Assert.Equal("none", await older.CallAsync("vtry k"));
        Assert.Equal("Absent none", await older.CallAsync("vget k"));
    }

    private async Task EachReplacesTheOthers(string newerType, string theirs, string reason)
    {
        var (older, newer) = await StartAsync(newerType);
        await older.CallAsync($"vset k {JamOfBefore}");
        Assert.Equal("Absent none", await newer.CallAsync("vget k"));
        Assert.Equal("none", await newer.CallAsync("vtry k"));
        Assert.Equal($"{reason}:1", await newer.CallAsync("unreadable"));

        // The next load replaces it, and then it is the older one that can not read it.
        Assert.Equal($"Miss {theirs}", await newer.CallAsync($"vload k {theirs}"));
        Assert.Equal($"Hit {theirs}", await newer.CallAsync($"vload k {theirs}"));
        Assert.Equal($"Miss {JamOfBefore}", await older.CallAsync($"vload k {JamOfBefore}"));
        Assert.Equal($"{reason}:1", await older.CallAsync("unreadable"));
        Assert.Equal($"Hit {JamOfBefore}", await older.CallAsync("vget k"));
    }

    private async Task<(NodeProcess Older, NodeProcess Newer)> StartAsync(string newer, CoherenceLevel level = CoherenceLevel.Strict) =>
        (await _world.StartNodeAsync(level, static settings => settings with { ValueType = Before }), await _world.StartNodeAsync(level, settings => settings with { ValueType = newer }));
}
