using System.Globalization;
using FsCheck;
using FsCheck.Fluent;

namespace Larder.Tests.Model;

/// <summary>
/// Random interleavings of loads, Sets, removals, tag removals, clears, expirations, time jumps, and factories that
/// fail or hang. A failure prints the shortened steps and seeds; set LARDER_REPLAY to what is printed, either
/// "(12345,67891)" for the whole series or "(12345,67891,20)" for the failing run alone, to have exactly it again, and
/// LARDER_MODEL_RUNS for more than the usual number of runs.
/// </summary>
public sealed class PromiseModelTests
{
    private const int UsualRuns = 20_000;

    [Fact]
    public void AnyInterleaving_KeepsThePromise()
    {
        var runs = int.TryParse(Environment.GetEnvironmentVariable("LARDER_MODEL_RUNS"), CultureInfo.InvariantCulture, out var given)
            ? given
            : UsualRuns;
        var config = Config.QuickThrowOnFailure.WithMaxTest(runs).WithStartSize(20).WithEndSize(150).WithQuietOnSuccess(true);
        if (Environment.GetEnvironmentVariable("LARDER_REPLAY") is { Length: > 0 } replay)
        {
            var numbers = replay.Trim('(', ')').Split(',').Select(number => ulong.Parse(number, CultureInfo.InvariantCulture)).ToArray();
            config = numbers.Length == 3
                ? config.WithReplay(numbers[0], numbers[1], (int)numbers[2]).WithMaxTest(1)
                : config.WithReplay(numbers[0], numbers[1]);
        }

        Check.One(config, Prop.ForAll(Runs(), run => Run(run.Seed, run.Steps)));
    }

    private static bool Run(int seed, IEnumerable<Step> steps)
    {
        var model = new PromiseModel(seed);
        foreach (var step in steps)
        {
            model.Take(step);
        }

        model.Finish();
        return true;
    }

    private static Arbitrary<(int Seed, Step[] Steps)> Runs()
    {
        // Loads and their ends are the common case; what invalidates comes in between.
        var kinds = Gen.Frequency(
            (8, Gen.Constant(StepKind.Load)),
            (3, Gen.Constant(StepKind.LoadThatAnswersAtOnce)),
            (2, Gen.Constant(StepKind.LoadThatThrowsAtOnce)),
            (4, Gen.Constant(StepKind.LoadWithLateTag)),
            (3, Gen.Constant(StepKind.LoadThatConfirms)),
            (2, Gen.Constant(StepKind.LoadThatMayLeave)),
            (8, Gen.Constant(StepKind.Answer)),
            (3, Gen.Constant(StepKind.Fail)),
            (2, Gen.Constant(StepKind.Set)),
            (3, Gen.Constant(StepKind.Remove)),
            (2, Gen.Constant(StepKind.RemoveByTag)),
            (2, Gen.Constant(StepKind.RemoveByLateTag)),
            (1, Gen.Constant(StepKind.Clear)),
            (2, Gen.Constant(StepKind.Expire)),
            (2, Gen.Constant(StepKind.ChangeSource)),
            (6, Gen.Constant(StepKind.Advance)),
            (6, Gen.Constant(StepKind.RunQueued)),
            (1, Gen.Constant(StepKind.Cancel)),
            (3, Gen.Constant(StepKind.TryGet)));
        var step = from kind in kinds
                   from a in Gen.Choose(0, 99)
                   from b in Gen.Choose(0, 99)
                   select new Step(kind, a, b);
        var run = from seed in Gen.Choose(0, int.MaxValue)
                  from steps in step.ArrayOf()
                  select (seed, steps);
        return Arb.From(run, Shorter);
    }

    private static IEnumerable<(int Seed, Step[] Steps)> Shorter((int Seed, Step[] Steps) run)
    {
        for (var length = run.Steps.Length / 2; length > 0; length /= 2)
        {
            for (var start = 0; start < run.Steps.Length; start += length)
            {
                yield return (run.Seed, [.. run.Steps[..start], .. run.Steps[Math.Min(start + length, run.Steps.Length)..]]);
            }
        }
    }
}
