using HouseMap.Floors;
using HouseMap.Model;
using Larder.Architecture.Tests.Rules;

namespace Larder.Architecture.Tests.Proofs;

public sealed class FloorRuleTests : RuleTests
{
    private const string Plan = """
        project Sample
        2 Top, Beside
        1 (root), Middle
        0 Ground
        """;

    private readonly FloorRule _synthetic = new(FloorPlanParser.Parse(Plan, "plan"));

    // The same rule with the plan of this repository; the snippets below use its names.
    internal override IRule Rule => new FloorRule(TheHouse.Floors);

    private protected override House Offending => Uses("Larder", "Vocabulary", "Flows");

    private protected override House Harmless => Uses("Larder", "Flows", "Vocabulary");

    [Theory]
    [InlineData("Top", "Middle", true)]
    [InlineData("Top", "Ground", true)]
    [InlineData("Top", "", true)]
    [InlineData("", "Ground", true)]
    [InlineData("Ground", "Middle", false)]
    [InlineData("Ground", "", false)]
    [InlineData("Middle", "Top", false)]
    [InlineData("Beside", "Top", false)]
    [InlineData("", "Middle", false)]
    public void Check_Edge_MustGoDown(string from, string to, bool allowed)
    {
        var offences = _synthetic.Check(Uses("Sample", from, to)).ToList();

        Assert.Equal(allowed, offences.Count == 0);
        Assert.All(offences, offence => Assert.Equal(3, offence.Line));
    }

    [Fact]
    public void Check_DeeperFolder_BelongsToItsRoom() => Assert.Empty(_synthetic.Check(Uses("Sample", "Middle/Deep/Deeper", "Middle")));

    [Fact]
    public void Check_UnlistedRoom_IsFound()
    {
        var offence = Assert.Single(_synthetic.Check(Uses("Sample", "Attic", "Ground")));

        Assert.Equal("src/Sample/Attic/User.cs", offence.Path);
        Assert.Contains("Attic", offence.What, StringComparison.Ordinal);
    }

    [Fact]
    public void Check_UnlistedProject_IsFound() => Assert.NotEmpty(_synthetic.Check(Uses("Another", "Top", "Ground")));

    private static House Uses(string project, string from, string to) => Synthetic.House(
        (Path(project, from, "User"), "internal sealed class User\n{\n    public object Use() => new Used();\n}\n"),
        (Path(project, to, "Used"), "internal sealed class Used;\n"));

    private static string Path(string project, string room, string type) =>
        room.Length == 0 ? $"src/{project}/{type}.cs" : $"src/{project}/{room}/{type}.cs";
}
