using FsCheck;
using FsCheck.Fluent;
using Larder.Memory.Tests.Kit;

namespace Larder.Memory.Tests;

/// <summary>The map beside a plain dictionary, step by step, audited after every run.</summary>
public sealed class ModelTests : MapTest
{
    private static readonly Gen<Step> Steps =
        from action in Gen.Choose(0, 11)
        from key in Gen.Choose(0, 15)
        from value in Gen.Choose(1, 30)
        from seconds in Gen.Choose(1, 200)
        select new Step(action, key, value, seconds);

    private static readonly Arbitrary<Step[]> Runs = Steps.ArrayOf().ToArbitrary();

    private static readonly Config Configuration = Config.QuickThrowOnFailure.WithMaxTest(400).WithEndSize(300);

    [Fact]
    public void Steps_MapWithRoom_AnswerWhatADictionaryAnswers() =>
        Prop.ForAll(Runs, steps => Run(steps, capacity: 100_000, isExact: true)).Check(Configuration);

    [Fact]
    public void Steps_FullMap_AnswerWhatADictionaryAnswersOrNothing() =>
        Prop.ForAll(Runs, steps => Run(steps, capacity: 60, isExact: false)).Check(Configuration);

    private void Run(Step[] steps, long capacity, bool isExact)
    {
        var clock = new FakeClock();
        var gone = new HashSet<object>(ReferenceEqualityComparer.Instance);
        var map = new BoundedMap<int, object>(new BoundedMapOptions<int, object>
        {
            Capacity = capacity,
            Weigher = static (_, value) => (int)value,
            TimeProvider = clock,
            Scheduler = MapScheduler.Inline,
            ConcurrencyLevel = 1,
            Random = new Random(1),
            OnEvicted = (_, value, reason) => Assert.True(gone.Add(value) && (!isExact || reason == EvictionReason.Expired)),
        });
        var run = new ModelRun(map, clock, gone, isExact);
        foreach (var step in steps)
        {
            run.Do(step);
        }

        run.CompareAll();
        AssertSound(map);
    }
}
