using HouseMap.Model;
using Larder.Architecture.Tests.Rules;

namespace Larder.Architecture.Tests.Proofs;

public sealed class ProjectCircleRuleTests : RuleTests
{
    internal override IRule Rule => new ProjectCircleRule();

    private protected override House Offending => Synthetic.Projects(("One", ["Two"]), ("Two", ["Three"]), ("Three", ["One"]));

    private protected override House Harmless => Synthetic.Projects(("One", ["Two", "Three"]), ("Two", ["Three"]), ("Three", []));

    [Fact]
    public void Check_Circle_IsNamedOnce()
    {
        var offence = Assert.Single(Rule.Check(Offending));

        Assert.Equal("One -> Two -> Three -> One", offence.What);
    }

    [Fact]
    public void Check_ReferenceToItself_IsFound() => Assert.NotEmpty(Rule.Check(Synthetic.Projects(("One", ["One"]))));
}
