using HouseMap.Model;
using Larder.Architecture.Tests.Rules;

namespace Larder.Architecture.Tests.Proofs;

public sealed class RegionRuleTests : RuleTests
{
    internal override IRule Rule => new RegionRule();

    private protected override House Offending => Synthetic.House(
        "internal sealed class Sample\n{\n    #region Fields\n    #endregion\n}\n");

    private protected override House Harmless => Synthetic.House(
        "// The word #region alone is harmless.\n#nullable enable\ninternal sealed class Sample;\n");

    [Fact]
    public void Check_Region_IsFoundOnItsLine() => Assert.Equal(3, Assert.Single(Rule.Check(Offending)).Line);
}
