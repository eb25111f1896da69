using HouseMap.Model;
using Larder.Architecture.Tests.Rules;

namespace Larder.Architecture.Tests.Proofs;

public sealed class ClockRuleTests : RuleTests
{
    internal override IRule Rule => new ClockRule();

    private protected override House Offending => Synthetic.House(
        "internal sealed class Sample { public object Now() => DateTime.UtcNow; }");

    private protected override House Harmless => Synthetic.House(
        "internal sealed class Sample { public object Now() => TimeProvider.System.GetUtcNow(); }");

    [Fact]
    public void Check_EachHiddenClock_IsFound() => ExpectMarkedLines(
        """
        using System.Diagnostics;
        using static System.DateTimeOffset;
        internal sealed class Sample(TimeProvider time)
        {
            private Stopwatch? _watch; // offence
            private readonly Func<int, Task> _delay = Task.Delay; // offence

            public async Task<object> Run(Task<int> task, CancellationToken cancellation)
            {
                _watch = new(); // offence
                _ = Stopwatch.GetTimestamp(); // offence
                _ = DateTime.Now; // offence
                _ = DateTime.Today; // offence
                _ = System.DateTimeOffset.UtcNow; // offence
                _ = Now; // offence
                Thread.Sleep(1); // offence
                await Task.Delay(1, cancellation); // offence
                await Task.Delay(TimeSpan.FromSeconds(1)); // offence
                await Task.Delay(TimeSpan.FromSeconds(1), time, cancellation);
                await task.WaitAsync(TimeSpan.FromSeconds(1)); // offence
                await task.WaitAsync(TimeSpan.FromSeconds(1), time);
                await task.WaitAsync(cancellation);
                await _delay(1);
                return DateTimeOffset.UnixEpoch + (time.GetUtcNow() - DateTime.UnixEpoch);
            }
        }
        """);

    [Fact]
    public void Check_Scheduling_IsNotExempt() => Assert.NotEmpty(Rule.Check(Synthetic.House(
        ("src/Larder/Scheduling/Sample.cs", "internal sealed class Sample { public object Now() => DateTime.UtcNow; }"))));
}
