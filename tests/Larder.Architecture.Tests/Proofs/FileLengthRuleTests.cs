using HouseMap.Model;
using Larder.Architecture.Tests.Rules;

namespace Larder.Architecture.Tests.Proofs;

public sealed class FileLengthRuleTests : RuleTests
{
    internal override IRule Rule => new FileLengthRule();

    private protected override House Offending => Synthetic.House(Lines.Of("namespace Larder;", "// A comment.", Limits.FileLines));

    private protected override House Harmless => Synthetic.House(Lines.Of("namespace Larder;", "// A comment.", Limits.FileLines - 1));

    [Fact]
    public void Check_DocComments_AreNotCounted() => Assert.Empty(Rule.Check(Synthetic.House(
        Lines.Of("namespace Larder;", "/// <remarks>Text.</remarks>", Limits.FileLines) + "internal sealed class Sample;\n")));
}
