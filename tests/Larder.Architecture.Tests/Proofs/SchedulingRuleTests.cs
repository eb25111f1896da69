using HouseMap.Model;
using Larder.Architecture.Tests.Rules;

namespace Larder.Architecture.Tests.Proofs;

public sealed class SchedulingRuleTests : RuleTests
{
    private const string Source = """
        internal sealed class Sample(TimeProvider time)
        {
            private Timer? _timer; // offence
            private PeriodicTimer? _periodic; // offence
            private ITimer? _allowed;

            public async Task Run(CancellationToken cancellation)
            {
                _ = Task.Run(() => { }); // offence
                _ = Task.Factory.StartNew(() => { }); // offence
                _ = new TaskFactory<int>().StartNew(() => 1); // offence
                await Task.Yield(); // offence
                ThreadPool.QueueUserWorkItem(static _ => { }); // offence
                Parallel.For(0, 1, static _ => { }); // offence
                new Thread(static () => { }).Start(); // offence
                _ = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously); // offence
                _ = new TaskCompletionSource(TaskCreationOptions.None);
                _timer = new(static _ => { }); // offence
                _periodic = new PeriodicTimer(TimeSpan.FromSeconds(1)); // offence
                using var other = new System.Timers.Timer(); // offence
                _allowed = time.CreateTimer(static _ => { }, null, TimeSpan.Zero, TimeSpan.Zero); // offence
                using var plain = new CancellationTokenSource();
                using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
                using var timed = new CancellationTokenSource(TimeSpan.FromSeconds(1)); // offence
                using CancellationTokenSource counted = new(100); // offence
                using var faked = new CancellationTokenSource(TimeSpan.FromSeconds(1), time); // offence
                plain.CancelAfter(100); // offence
                linked.CancelAfter(TimeSpan.FromSeconds(1)); // offence
                _ = Thread.CurrentThread.ManagedThreadId;
                _ = (_timer, _periodic, _allowed);
            }
        }
        """;

    internal override IRule Rule => new SchedulingRule();

    private protected override House Offending => Synthetic.House(Source);

    private protected override House Harmless => Synthetic.House(("src/Larder/Scheduling/Sample.cs", Source));

    [Fact]
    public void Check_EachTimerAndHop_IsFound() => ExpectMarkedLines(Source);
}
