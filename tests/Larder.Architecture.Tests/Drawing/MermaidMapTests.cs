using HouseMap.Drawing;
using HouseMap.Floors;
using Larder.Architecture.Tests.Proofs;

namespace Larder.Architecture.Tests.Drawing;

public sealed class MermaidMapTests
{
    [Fact]
    public void Draw_Circle_KeepsEveryArrow()
    {
        var house = Synthetic.House(
            ("src/Larder/One/A.cs", "internal sealed class A { public B? Next; }"),
            ("src/Larder/Two/B.cs", "internal sealed class B { public A? Next; }"));

        var text = MermaidMap.Draw(house, FloorPlanParser.Parse("project Larder\n1 One\n0 Two", "plan"));

        Assert.Contains("n_One --> n_Two\n    n_Two --> n_One\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Draw_RootRoom_HasAnIdentifierThatMermaidAccepts()
    {
        var house = Synthetic.House(
            ("src/Larder/A.cs", "internal sealed class A;"),
            ("src/Larder/end/B.cs", "internal sealed class B;"));

        var text = MermaidMap.Draw(house, FloorPlanParser.Parse("project Larder\n1 (root)\n0 end", "plan"));

        Assert.Contains("n__root_[\"(root)\"]", text, StringComparison.Ordinal);
        Assert.Contains("n_end[\"end\"]", text, StringComparison.Ordinal);
    }
}
