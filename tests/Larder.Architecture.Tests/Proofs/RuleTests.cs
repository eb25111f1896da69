using HouseMap.Model;
using Larder.Architecture.Tests.Rules;

namespace Larder.Architecture.Tests.Proofs;

/// <summary>
/// What every rule is tested for: the source of this repository keeps it, it finds the offence that it is there for, and it is
/// silent about code that does the same thing properly. A class for a rule adds the variants that are easily missed.
/// </summary>
public abstract class RuleTests
{
    internal abstract IRule Rule { get; }

    private protected abstract House Offending { get; }

    private protected abstract House Harmless { get; }

    [Fact]
    public void TheHouse_KeepsTheRule() => Verdict.Demand(Rule, TheHouse.Source);

    [Fact]
    public void Check_Offence_IsFound() => Assert.NotEmpty(Rule.Check(Offending));

    [Fact]
    public void Check_HarmlessSource_FindsNothing() => Assert.Empty(Rule.Check(Harmless));

    /// <summary>The lines of the offences in a single file.</summary>
    private protected IEnumerable<int> LinesFound(string source) =>
        Verdict.Offences(Rule, Synthetic.House(source)).Select(offence => offence.Line).Distinct();

    /// <summary>Expects an offence on every line that ends in the comment "// offence", and on no other.</summary>
    private protected void ExpectMarkedLines(string source)
    {
        var marked = source.Split('\n')
            .Select((line, index) => (Text: line.TrimEnd(), Number: index + 1))
            .Where(line => line.Text.EndsWith("// offence", StringComparison.Ordinal))
            .Select(line => line.Number);
        Assert.Equal(marked, LinesFound(source));
    }
}
