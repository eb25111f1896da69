using Larder.Architecture.Tests.Rules;

namespace Larder.Architecture.Tests.Proofs;

public sealed class RuleCoverageTests
{
    [Fact]
    public void EveryRule_HasTests()
    {
        var types = typeof(RuleCoverageTests).Assembly.GetTypes().Where(type => type is { IsClass: true, IsAbstract: false }).ToList();
        var rules = types.Where(type => type.IsAssignableTo(typeof(IRule))).Select(type => type.Name);
        var tested = types
            .Where(type => type.IsAssignableTo(typeof(RuleTests)))
            .Select(type => (RuleTests)Activator.CreateInstance(type)!)
            .Select(tests => tests.Rule.GetType().Name);

        Assert.Equal(rules.Order(StringComparer.Ordinal), tested.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Describe_Offences_AreListedWithPlaceAndRemedy()
    {
        var rule = new RegionRule();
        var offences = Verdict.Offences(rule, Synthetic.House("namespace Larder;\n#region one\n#endregion\n#region two\n#endregion\n"));

        var message = Verdict.Describe(rule, offences);

        Assert.Contains("src/Larder/Flows/Sample.cs:2", message, StringComparison.Ordinal);
        Assert.Contains("src/Larder/Flows/Sample.cs:4", message, StringComparison.Ordinal);
        Assert.Contains(rule.Remedy, message, StringComparison.Ordinal);
    }
}
