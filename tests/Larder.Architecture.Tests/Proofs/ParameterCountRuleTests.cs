using HouseMap.Model;
using Larder.Architecture.Tests.Rules;

namespace Larder.Architecture.Tests.Proofs;

public sealed class ParameterCountRuleTests : RuleTests
{
    private const string Seven = "int a, int b, int c, int d, int e, int f, int g";
    private const string Eight = Seven + ", int h";
    private const string Run = $"void Run({Eight})";

    internal override IRule Rule => new ParameterCountRule();

    private protected override House Offending => Synthetic.House($"internal sealed class Sample {{ public void Run({Eight}) {{ }} }}");

    private protected override House Harmless => Synthetic.House($"internal sealed class Sample {{ public void Run({Seven}) {{ }} }}");

    [Theory]
    [InlineData($"internal sealed class Sample({Eight});")]
    [InlineData($"internal readonly record struct Sample({Eight});")]
    [InlineData($"internal delegate void Sample({Eight});")]
    [InlineData($"internal sealed class Sample {{ public int this[{Eight}] => a; }}")]
    [InlineData($"public sealed class Sample {{ internal Sample({Eight}) {{ }} }}")]
    [InlineData($"public sealed class Sample {{ private static void Run({Eight}) {{ }} }}")]
    [InlineData($"public sealed class Sample {{ public void Run() {{ Inner(1, 2, 3, 4, 5, 6, 7, 8); void Inner({Eight}) {{ }} }} }}")]
    [InlineData($"internal interface ISample {{ void Run({Eight}); }}")]
    [InlineData($"internal sealed class Outer {{ public sealed class Sample {{ public void Run({Eight}) {{ }} }} }}")]
    public void Check_OutsideThePublicFace_IsFound(string source) => Assert.NotEmpty(Rule.Check(Synthetic.House(source)));

    [Theory]
    [InlineData($"public sealed class Sample {{ public void Run({Eight}) {{ }} }}")]
    [InlineData($"public abstract class Sample {{ protected abstract void Run({Eight}); }}")]
    [InlineData($"public sealed record Sample({Eight});")]
    [InlineData($"public delegate void Sample({Eight});")]
    [InlineData($"public interface ISample {{ {Run}; }} internal sealed class Sample : ISample {{ public {Run} {{ }} }}")]
    [InlineData($"public interface ISample {{ {Run}; }} internal sealed class Sample : ISample {{ void ISample.Run({Eight}) {{ }} }}")]
    [InlineData($"public abstract class Up {{ public abstract {Run}; }} internal sealed class It : Up {{ public override {Run} {{ }} }}")]
    public void Check_ThePublicFaceAndWhatFollowsIt_IsExempt(string source) => Assert.Empty(Rule.Check(Synthetic.House(source)));

    [Fact]
    public void Check_ImplementationOfAnInternalInterface_IsFound() => Assert.Equal(2, Rule.Check(Synthetic.House(
        $"internal interface ISample {{ {Run}; }} internal sealed class Sample : ISample {{ public {Run} {{ }} }}")).Count());
}
