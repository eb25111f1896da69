using HouseMap.Model;
using Larder.Architecture.Tests.Rules;

namespace Larder.Architecture.Tests.Proofs;

public sealed class BlockingRuleTests : RuleTests
{
    internal override IRule Rule => new BlockingRule();

    private protected override House Offending => Synthetic.House(
        "internal sealed class Sample { public int Run(Task<int> task) => task.Result; }");

    private protected override House Harmless => Synthetic.House(
        "internal sealed class Sample { public int Run(Task<int> task) => task.IsCompletedSuccessfully ? task.Result : 0; }");

    [Fact]
    public void Check_EachWayToBlock_IsFound() => ExpectMarkedLines(
        """
        internal sealed class Sample
        {
            private readonly Func<Task<int>, int> _read = static task => task.Result; // offence

            public void Run(Task task, Task<int> number, ValueTask<int> value, Task<int>? perhaps)
            {
                task.Wait(); // offence
                Task.WaitAll(task, number); // offence
                Task.WaitAny([task]); // offence
                task.RunSynchronously(); // offence
                task.GetAwaiter().GetResult(); // offence
                task.ConfigureAwait(false).GetAwaiter().GetResult(); // offence
                _ = number.Result; // offence
                _ = value.Result; // offence
                _ = value.AsTask().Result; // offence
                _ = value.GetAwaiter().GetResult(); // offence
                _ = value.ConfigureAwait(false).GetAwaiter().GetResult(); // offence
                _ = perhaps?.Result; // offence
                _ = _read(number);
                Action wait = task.Wait; // offence
                wait();
            }
        }
        """);

    [Fact]
    public void Check_TaskThatWasAskedForCompletion_IsAllowed() => Assert.Empty(LinesFound(
        """
        internal sealed class Sample
        {
            private ValueTask<int> _pending;

            public int Field() => _pending.IsCompleted ? this._pending.IsCompleted ? _pending.Result : 1 : 0;

            public async ValueTask<int> Early(ValueTask<int> value)
            {
                if (!value.IsCompletedSuccessfully)
                {
                    return await value;
                }

                return value.GetAwaiter().GetResult();
            }

            public int Pattern(Task<int>? task) => task is { IsCompletedSuccessfully: true } ? task.Result : 0;

            public int Conditional(Task<int>? task) => task?.IsCompletedSuccessfully == true ? task!.Result : 0;

            public void Awaiter(ValueTask value)
            {
                var awaiter = value.GetAwaiter();
                if (awaiter.IsCompleted)
                {
                    awaiter.GetResult();
                }
            }
        }
        """));

    [Fact]
    public void Check_QuestionAboutSomethingElse_DoesNotHelp() => ExpectMarkedLines(
        """
        internal sealed class Sample
        {
            public int Other(Task<int> one, Task<int> two) =>
                one.IsCompleted
                    ? two.Result // offence
                    : 0;

            public bool Late(Task<int> task) =>
                task.Result == 1 // offence
                && task.IsCompleted;

            public bool Asks(Task<int> task) => task.IsCompleted;

            public int Call() =>
                Make().IsCompleted
                    ? Make().Result // offence
                    : 0;

            public int Lambda(Task<int>[] tasks) =>
                tasks.Where(task => task.IsCompleted)
                    .Select(task => task.Result) // offence
                    .Sum();

            private static Task<int> Make() => Task.FromResult(1);
        }
        """);

    [Fact]
    public void Check_ResultOfAnythingElse_IsNotLookedAt() => Assert.Empty(LinesFound(
        """
        internal sealed class Sample
        {
            public int Result => 1;
            public int Wait() => Result;
            public int Run(Sample sample) => sample.Result + sample.Wait();
        }
        """));
}
