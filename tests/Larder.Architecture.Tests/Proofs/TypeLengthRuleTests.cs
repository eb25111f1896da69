using HouseMap.Model;
using Larder.Architecture.Tests.Rules;

namespace Larder.Architecture.Tests.Proofs;

public sealed class TypeLengthRuleTests : RuleTests
{
    internal override IRule Rule => new TypeLengthRule();

    private protected override House Offending => InTwoParts(Limits.TypeLines - 5);

    // Each part has a line for its head and two for its braces.
    private protected override House Harmless => InTwoParts(Limits.TypeLines - 6);

    [Fact]
    public void Check_LongType_IsFoundAtEachPart() => Assert.Equal(2, Rule.Check(Offending).Count());

    [Fact]
    public void Check_DocComments_AreNotCounted() => Assert.Empty(Rule.Check(Synthetic.House(
        "internal sealed class Sample\n{\n"
        + Lines.Repeat("/// <remarks>Text.</remarks>", Limits.TypeLines)
        + "public void Run() { }\n}\n")));

    private static House InTwoParts(int linesInside) => Synthetic.House(
        ("src/Larder/Flows/One.cs", Part(linesInside / 2)),
        ("src/Larder/Flows/Two.cs", Part(linesInside - (linesInside / 2))));

    private static string Part(int lines) => $"internal sealed partial class Sample\n{{\n{Lines.Repeat("// A comment.", lines)}}}\n";
}
