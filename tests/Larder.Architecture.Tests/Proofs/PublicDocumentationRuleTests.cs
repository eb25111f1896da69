using HouseMap.Model;
using Larder.Architecture.Tests.Rules;

namespace Larder.Architecture.Tests.Proofs;

public sealed class PublicDocumentationRuleTests : RuleTests
{
    internal override IRule Rule => new PublicDocumentationRule();

    private protected override House Offending => Synthetic.House("public sealed class Sample;");

    private protected override House Harmless => Synthetic.House("/// <summary>A sample.</summary>\npublic sealed class Sample;");

    [Theory]
    [InlineData("public enum Sample { One }")]
    [InlineData("public delegate void Sample();")]
    [InlineData("// A plain comment.\npublic interface ISample;")]
    [InlineData("/// <summary>\n/// </summary>\npublic sealed record Sample;")]
    [InlineData("/// <summary>Outer.</summary>\npublic sealed class Outer { public struct Sample; }")]
    public void Check_PublicTypeWithoutDocumentation_IsFound(string source) => Assert.Single(Rule.Check(Synthetic.House(source)));

    [Theory]
    [InlineData("internal sealed class Sample { public sealed class Inner; }")]
    [InlineData("/// <inheritdoc/>\npublic sealed class Sample;")]
    [InlineData("/// <summary><see cref=\"object\"/></summary>\n[System.Serializable]\npublic sealed class Sample;")]
    [InlineData("/// <summary>A sample.</summary>\npublic sealed partial class Sample;\npublic sealed partial class Sample;")]
    public void Check_DocumentedOrHiddenType_IsNotFound(string source) => Assert.Empty(Rule.Check(Synthetic.House(source)));
}
