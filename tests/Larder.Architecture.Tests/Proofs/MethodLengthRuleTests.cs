using HouseMap.Model;
using Larder.Architecture.Tests.Rules;

namespace Larder.Architecture.Tests.Proofs;

public sealed class MethodLengthRuleTests : RuleTests
{
    internal override IRule Rule => new MethodLengthRule();

    // A method has a line for its head and two for its braces.
    private protected override House Offending => Synthetic.House(InClass("void Run()", Limits.MethodLines - 2));

    private protected override House Harmless => Synthetic.House(
        InClass("/// <summary>A comment.</summary>\nvoid Run()", Limits.MethodLines - 3));

    [Theory]
    [InlineData("public Sample()")]
    [InlineData("~Sample()")]
    [InlineData("void Outer() { Inner(); void Inner() { ", "} }")]
    [InlineData("public static bool operator !(Sample sample)", "", "return true;")]
    [InlineData("private int Number { get", "}", "return 1;")]
    [InlineData("private int Number => 1 +", "", "1", true)]
    [InlineData("private readonly System.Action _run = () =>", ";")]
    [InlineData("private System.Action Run { get; } = () =>", ";")]
    public void Check_EveryKindOfBody_IsMeasured(string head, string tail = "", string last = "", bool isExpression = false)
    {
        var comments = Lines.Repeat("// A comment.", Limits.MethodLines);
        var body = isExpression ? $"{comments}{last};" : $"{{\n{comments}{last}\n}}{tail}";

        Assert.NotEmpty(Rule.Check(Synthetic.House($"internal sealed class Sample\n{{\n{head}\n{body}\n}}\n")));
    }

    [Fact]
    public void Check_LongTable_IsNoMethod() => Assert.Empty(Rule.Check(Synthetic.House(
        $"internal sealed class Sample\n{{\npublic static readonly int[] Table =\n[\n{Lines.Repeat("1,", Limits.MethodLines)}];\n}}\n")));

    private static string InClass(string head, int lines) =>
        $"internal sealed class Sample\n{{\n{head}\n{{\n{Lines.Repeat("// A comment.", lines)}}}\n}}\n";
}
