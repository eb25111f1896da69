using HouseMap.Model;
using Larder.Architecture.Tests.Rules;

namespace Larder.Architecture.Tests.Proofs;

public sealed class AsyncVoidRuleTests : RuleTests
{
    internal override IRule Rule => new AsyncVoidRule();

    private protected override House Offending => Synthetic.House(
        "internal sealed class Sample { public async void Run() => await Task.CompletedTask; }");

    private protected override House Harmless => Synthetic.House(
        "internal sealed class Sample { public async Task Run() => await Task.CompletedTask; }");

    [Fact]
    public void Check_LambdasAndLocalFunctions_AreLookedAt() => ExpectMarkedLines(
        """
        internal sealed class Sample
        {
            private readonly Func<Task> _quiet = async () => await Task.CompletedTask;
            private readonly Action _loud = async () => await Task.CompletedTask; // offence

            public event EventHandler? Raised;

            public void Run()
            {
                _loud();
                _ = _quiet();
                Raised += async (_, _) => await Task.CompletedTask; // offence
                Raised += async delegate { await Task.CompletedTask; }; // offence
                Raised?.Invoke(this, EventArgs.Empty);
                Local();
                _ = Proper();
                async void Local() => await Task.CompletedTask; // offence
                async Task Proper() => await Task.CompletedTask;
            }
        }
        """);
}
