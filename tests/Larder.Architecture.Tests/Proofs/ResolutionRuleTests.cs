using HouseMap.Model;
using HouseMap.Reading;
using Larder.Architecture.Tests.Rules;

namespace Larder.Architecture.Tests.Proofs;

public sealed class ResolutionRuleTests : RuleTests
{
    internal override IRule Rule => new ResolutionRule();

    private protected override House Offending => Uncompiled(
        "internal sealed class Sample { public Unknown? One; public int[]? Two; public Sample? Three; }");

    private protected override House Harmless => Uncompiled("internal sealed class Sample { public int[]? Two; public Sample? Three; }");

    [Fact]
    public void Check_UnknownName_IsFoundOnItsLine()
    {
        var offence = Assert.Single(Rule.Check(Uncompiled(
            "internal sealed class Sample\n{\n    public Unknown? One;\n    public Sample? Two;\n}\n")));

        Assert.Equal("src/Larder/Sample.cs:3  Unknown", offence.ToString());
    }

    // Synthetic houses must compile; this one must not.
    private static House Uncompiled(string source) => HouseBuilder.Build(
    [
        new ProjectSource
        {
            Name = "Larder",
            Folder = "src/Larder",
            Documents = [new SourceDocument("src/Larder/Sample.cs", source)],
            Assemblies = PlatformAssemblies.Load(),
        },
    ]);
}
