using System.Reflection;

namespace Larder.Testing.Tests.Contract;

/// <summary>No rule can be forgotten in the lists that a theory goes by.</summary>
public sealed class RuleListTests
{
    [Fact]
    public void All_OfTheTierContract_HasEveryPublicRule()
    {
        var contract = new TierContract(_ => throw new InvalidOperationException()) { MakeAnother = (tier, _) => tier, Hold = (_, _, _) => Task.CompletedTask };
        var groups = typeof(TierContract).GetProperties().Where(property => typeof(TierRules).IsAssignableFrom(property.PropertyType)).ToList();
        var expected = groups.SelectMany(group => RulesOf(group.PropertyType).Select(rule => $"{group.PropertyType.Name}.{rule}"));

        Assert.Equal(10, groups.Count);
        Assert.Equal(expected.Order(), contract.All.Select(rule => rule.Name).Order());
    }

    [Fact]
    public void All_OfTheCopyTierContract_HasEveryPublicRule() => Assert.Equal(
        RulesOf(typeof(CopyTierContract)).Select(rule => $"CopyTierContract.{rule}").Order(),
        new CopyTierContract(_ => throw new InvalidOperationException()).All.Select(rule => rule.Name).Order());

    [Fact]
    public void All_OfATierThatIsNotShared_LeavesOutTheRulesAboutTwoNodes()
    {
        var contract = new TierContract(_ => throw new InvalidOperationException());

        Assert.Empty(contract.News.All);
        Assert.DoesNotContain(contract.All, rule => rule.Name.Contains("AfterItsNode", StringComparison.Ordinal) || rule.Name.Contains("Hold", StringComparison.Ordinal));
    }

    [Fact]
    public async Task TwoNodeRule_WithoutAnotherNode_SaysWhatIsMissing()
    {
        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => new TierContract(_ => throw new IOException()).News.AChangeVoidsARunningLoad());

        Assert.Contains("set MakeAnother", exception.Message, StringComparison.Ordinal);
    }

    private static IEnumerable<string> RulesOf(Type type) =>
        type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly).Where(method => method.ReturnType == typeof(Task)).Select(method => method.Name);
}
