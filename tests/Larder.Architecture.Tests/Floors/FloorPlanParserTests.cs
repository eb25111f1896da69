using HouseMap;
using HouseMap.Floors;

namespace Larder.Architecture.Tests.Floors;

public sealed class FloorPlanParserTests
{
    [Fact]
    public void Parse_Plan_KnowsTheFloorOfEachRoom()
    {
        var plan = FloorPlanParser.Parse(
            "# Comment\n\nproject One\n12  Top, Beside   # the door\n0\tGround\n\nproject Two\r\n1 (root)\r\n", "plan");

        Assert.Equal(12, plan.FloorOf("One", "Top"));
        Assert.Equal(12, plan.FloorOf("One", "Beside"));
        Assert.Equal(0, plan.FloorOf("One", "Ground"));
        Assert.Equal(1, plan.FloorOf("Two", "(root)"));
        Assert.Null(plan.FloorOf("Two", "Ground"));
        Assert.Null(plan.FloorOf("Three", "Ground"));
    }

    [Theory]
    [InlineData("1 Room", "plan:1: a floor comes before the first \"project NAME\" line")]
    [InlineData("project One\nTop 1", "plan:2: 'Top 1' is neither")]
    [InlineData("project One\n-1 Room", "plan:2: '-1 Room' is neither")]
    [InlineData("project", "plan:1: a project line takes one name")]
    [InlineData("project One Two", "plan:1: a project line takes one name")]
    [InlineData("project One\nproject One", "plan:2: the project One has floors already")]
    [InlineData("project One\n1 Room\n2 Other", "plan:3: floor 2 comes after floor 1")]
    [InlineData("project One\n1 Room\n1 Other", "plan:3: floor 1 comes after floor 1")]
    [InlineData("project One\n2 Room\n1 Other, Room", "plan:3: the room Room is on floor 2 already")]
    [InlineData("project One\n1", "plan:2: floor 1 has ''")]
    [InlineData("project One\n1 Room, , Other", "plan:2: floor 1 has ''")]
    [InlineData("project One\n1 Room Other", "plan:2: floor 1 has 'Room Other'")]
    public void Parse_Mistake_IsNamedWithItsLine(string text, string message)
    {
        var exception = Assert.Throws<HouseException>(() => FloorPlanParser.Parse(text, "plan"));

        Assert.StartsWith(message, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_MissingFile_IsNamed()
    {
        var exception = Assert.Throws<HouseException>(() => FloorPlan.Load(Path.GetTempPath()));

        Assert.Contains(FloorPlan.RelativePath, exception.Message, StringComparison.Ordinal);
    }
}
