using HouseMap.Model;
using Larder.Architecture.Tests.Rules;

namespace Larder.Architecture.Tests.Proofs;

public sealed class TypeNameRuleTests : RuleTests
{
    internal override IRule Rule => new TypeNameRule();

    private protected override House Offending => Synthetic.House("internal sealed class TierManager;");

    private protected override House Harmless => Synthetic.House(
        "internal sealed class Tier { private int _manager; public int Helper() => _manager++; }");

    [Theory]
    [InlineData("internal static class StringHelper;")]
    [InlineData("internal static class StringHelpers;")]
    [InlineData("internal static class StringUtils;")]
    [InlineData("internal static class StringUtilities;")]
    [InlineData("internal struct StringCommon;")]
    [InlineData("internal sealed record CacheImpl;")]
    [InlineData("internal enum Manager { One }")]
    [InlineData("internal delegate void LoadHelper();")]
    [InlineData("internal sealed class Outer { private sealed class InnerImpl; }")]
    public void Check_EmptyName_IsFound(string source) => Assert.Single(Rule.Check(Synthetic.House(source)));

    [Theory]
    [InlineData("internal sealed class Management;")]
    [InlineData("internal sealed class CommonGround;")]
    [InlineData("internal sealed class Simple;")]
    public void Check_NameThatOnlyContainsTheWord_IsNotFound(string source) => Assert.Empty(Rule.Check(Synthetic.House(source)));
}
