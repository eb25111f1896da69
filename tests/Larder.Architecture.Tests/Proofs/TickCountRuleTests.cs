using HouseMap.Model;
using Larder.Architecture.Tests.Rules;

namespace Larder.Architecture.Tests.Proofs;

public sealed class TickCountRuleTests : RuleTests
{
    private const string Source = "internal sealed class Sample { public long Now() => Environment.TickCount64 + Environment.TickCount; }";

    internal override IRule Rule => new TickCountRule();

    private protected override House Offending => Synthetic.House(Source);

    private protected override House Harmless => Synthetic.House(("src/Larder/Scheduling/Sample.cs", Source));

    [Fact]
    public void Check_BothCounts_AreFound() => Assert.Equal(2, Rule.Check(Offending).Count());

    [Fact]
    public void Check_SchedulingBelowAnotherRoom_IsNotExempt() =>
        Assert.NotEmpty(Rule.Check(Synthetic.House(("src/Larder/Flows/Scheduling/Sample.cs", Source))));
}
