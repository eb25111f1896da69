using HouseMap.Model;
using Larder.Architecture.Tests.Rules;

namespace Larder.Architecture.Tests.Proofs;

public sealed class ConfigureAwaitRuleTests : RuleTests
{
    internal override IRule Rule => new ConfigureAwaitRule();

    private protected override House Offending => Synthetic.House(
        "internal sealed class Sample { public async Task Run(Task task) => await task; }");

    private protected override House Harmless => Synthetic.House(
        "internal sealed class Sample { public async Task Run(Task task) => await task.ConfigureAwait(false); }");

    [Fact]
    public void Check_Await_MustBeConfigured() => ExpectMarkedLines(
        """
        internal sealed class Sample
        {
            public async Task Run(Task task, Task<Task> nested, ValueTask<int> value, bool flag)
            {
                await task; // offence
                await task.ConfigureAwait(true); // offence
                await task.ConfigureAwait(flag); // offence
                await task.ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext); // offence
                await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                await (await nested.ConfigureAwait(false)); // offence
                await (await nested).ConfigureAwait(false); // offence
                await (flag ? task : nested); // offence
                await (flag ? task : nested).ConfigureAwait(false);
                await Take(task.ConfigureAwait(false)); // offence
                var configured = value.ConfigureAwait(false);
                _ = await configured;
                Func<Task> lambda = async () => await task; // offence
                await lambda().ConfigureAwait(false);
                await Task.Yield();
            }

            private static Task Take(object awaitable) => Task.CompletedTask;
        }
        """);

    [Fact]
    public void Check_AwaitForeach_MustBeConfigured() => ExpectMarkedLines(
        """
        internal sealed class Sample
        {
            public async Task Run(IAsyncEnumerable<(int, int)> items, CancellationToken cancellation)
            {
                await foreach (var item in items) { } // offence
                await foreach (var (one, two) in items) { } // offence
                await foreach (var item in items.WithCancellation(cancellation)) { } // offence
                await foreach (var item in items.ConfigureAwait(false)) { }
                await foreach (var item in items.WithCancellation(cancellation).ConfigureAwait(false)) { }
                await foreach (var item in items.ConfigureAwait(false).WithCancellation(cancellation)) { }
                foreach (var item in new[] { 1 }) { }
            }
        }
        """);

    [Fact]
    public void Check_AwaitUsing_MustBeConfigured() => ExpectMarkedLines(
        """
        internal sealed class Sample
        {
            public async Task Run(IAsyncDisposable thing, MemoryStream stream)
            {
                await using (thing) { } // offence
                await using (thing.ConfigureAwait(false)) { }
                await using (var one = stream) { } // offence
                await using (var one = thing.ConfigureAwait(false)) { }
                await using var two = stream; // offence
                await using var three = thing.ConfigureAwait(false);
                using var four = stream;
            }
        }
        """);

    [Fact]
    public void Check_AwaitableOfOurOwn_IsLeftAlone() => Assert.Empty(LinesFound(
        """
        internal sealed class Sample
        {
            public System.Runtime.CompilerServices.TaskAwaiter GetAwaiter() => Task.CompletedTask.GetAwaiter();

            public static async Task Run(Sample sample) => await sample;
        }
        """));
}
