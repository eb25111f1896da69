using HouseMap.Model;
using Larder.Architecture.Tests.Rules;

namespace Larder.Architecture.Tests.Proofs;

public sealed class OneTypePerFileRuleTests : RuleTests
{
    internal override IRule Rule => new OneTypePerFileRule();

    private protected override House Offending => Synthetic.House(
        "namespace Larder;\ninternal sealed class One;\ninternal sealed class Two;");

    private protected override House Harmless => Synthetic.House(
        ("src/Larder/Flows/One.cs", "namespace Larder;\ninternal sealed class One { private sealed class Inner; private enum Kind; }"),
        ("src/Larder/Flows/OneOfT.cs", "namespace Larder;\ninternal sealed class One<T>;"));

    [Theory]
    [InlineData("internal sealed class One;\ninternal sealed class One<T>;")]
    [InlineData("internal sealed class One;\ninternal enum Two;")]
    [InlineData("internal sealed class One;\ninternal delegate void Two();")]
    [InlineData("internal sealed class One;\nfile sealed class Two;")]
    [InlineData("namespace A { internal sealed class One; }\nnamespace B { internal sealed class Two; }")]
    public void Check_SecondTypeOfAnyKind_IsFound(string source) =>
        Assert.Equal(2, Assert.Single(Rule.Check(Synthetic.House(source))).Line);
}
