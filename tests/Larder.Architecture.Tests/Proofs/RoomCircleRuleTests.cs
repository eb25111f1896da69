using HouseMap.Model;
using Larder.Architecture.Tests.Rules;

namespace Larder.Architecture.Tests.Proofs;

public sealed class RoomCircleRuleTests : RuleTests
{
    internal override IRule Rule => new RoomCircleRule();

    private protected override House Offending => Synthetic.House(
        ("src/Larder/One/A.cs", "internal sealed class A { public B? Next; }"),
        ("src/Larder/Two/B.cs", "internal sealed class B { public C? Next; }"),
        ("src/Larder/Three/C.cs", "internal sealed class C { public A? Next; }"));

    private protected override House Harmless => Synthetic.House(
        ("src/Larder/One/A.cs", "internal sealed class A { public B? Next; public C? Last; }"),
        ("src/Larder/Two/B.cs", "internal sealed class B { public C? Next; }"),
        ("src/Larder/Three/C.cs", "internal sealed class C { public C? Next; }"));

    [Fact]
    public void Check_Circle_IsShownWithEachOfItsPlaces()
    {
        var offences = Verdict.Offences(Rule, Offending);

        Assert.Equal(["src/Larder/One/A.cs", "src/Larder/Three/C.cs", "src/Larder/Two/B.cs"], offences.Select(offence => offence.Path));
        Assert.All(offences, offence => Assert.Contains("One -> Two -> Three -> One", offence.What, StringComparison.Ordinal));
    }

    [Fact]
    public void Check_TypeWithPartsInTwoRooms_IsACircle() => Assert.NotEmpty(Rule.Check(Synthetic.House(
        ("src/Larder/One/A.cs", "internal sealed partial class A;"),
        ("src/Larder/Two/A.cs", "internal sealed partial class A;"))));
}
