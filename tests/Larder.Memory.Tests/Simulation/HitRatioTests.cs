using Larder.HitRatio;

namespace Larder.Memory.Tests.Simulation;

/// <summary>How well the policy chooses, in reproducible runs on made-up traces.</summary>
public sealed class HitRatioTests
{
    [Theory]
    [InlineData(0.7, 100)]
    [InlineData(0.7, 2000)]
    [InlineData(0.9, 100)]
    [InlineData(0.9, 1000)]
    [InlineData(0.99, 500)]
    [InlineData(1.2, 100)]
    [InlineData(1.2, 1000)]
    public void Zipf_AtAnySkew_IsNeverBelowLru(double skew, int capacity)
    {
        var trace = Traces.Zipf(10_000, skew, 200_000, seed: 1);

        var ours = MapSimulation.Run(trace, capacity, weighted: false, threads: 1).Percent;

        Assert.InRange(ours, LruSimulation.Run(trace, capacity).Percent, OptimumSimulation.Run(trace, capacity).Percent);
    }

    [Theory]
    [InlineData(500, 1000)]
    [InlineData(500, 600)]
    [InlineData(1000, 1500)]
    [InlineData(1000, 2000)]
    [InlineData(2000, 3000)]
    public void Loop_LargerThanTheMap_ReachesMostOfTheOptimum(int capacity, int items)
    {
        var trace = Traces.Loop(items, 200_000);

        var ours = MapSimulation.Run(trace, capacity, weighted: false, threads: 1).Percent;

        Assert.Equal(0, LruSimulation.Run(trace, capacity).Percent);
        Assert.True(ours >= 0.85 * OptimumSimulation.Run(trace, capacity).Percent, $"{ours} %");
    }

    [Fact]
    public void Scan_OfKeysThatNeverComeAgain_HitsNothingAndHoldsTheBound()
    {
        var trace = Traces.Scan(50_000);

        Assert.Equal(0, MapSimulation.Run(trace, 1000, weighted: false, threads: 1).Percent);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(1000)]
    public void Mixed_PopularKeysAndScans_KeepsThePopularOnes(int capacity)
    {
        var trace = Traces.Mixed(200_000, scanLength: 2000, seed: 2);

        var ours = MapSimulation.Run(trace, capacity, weighted: false, threads: 1).Percent;

        Assert.True(ours >= LruSimulation.Run(trace, capacity).Percent + 5, $"{ours} %");
    }

    [Fact]
    public void Sized_ObjectsOfManySizes_BeatLruInObjects()
    {
        var trace = Traces.Sized(5000, 100_000, seed: 3);

        var ours = MapSimulation.Run(trace, 5_000_000, weighted: true, threads: 1);
        var lru = LruSimulation.Run(trace, 5_000_000);

        Assert.True(ours.Percent > lru.Percent, $"{ours.Percent} % against {lru.Percent} %");
    }

    [Fact]
    public void Run_Twice_GivesTheSameFigures()
    {
        var trace = Traces.Zipf(5000, 0.9, 100_000, seed: 4);

        var first = MapSimulation.Run(trace, 300, weighted: false, threads: 1);
        var second = MapSimulation.Run(trace, 300, weighted: false, threads: 1);

        Assert.Equal(first, second);
    }

    [Fact]
    public void Run_EightThreads_StaysNearTheSingleThread()
    {
        var trace = Traces.Zipf(20_000, 0.9, 400_000, seed: 5);

        var one = MapSimulation.Run(trace, 2000, weighted: false, threads: 1).Percent;
        var eight = MapSimulation.Run(trace, 2000, weighted: false, threads: 8).Percent;

        Assert.InRange(eight, one - 1, one + 1);
    }

    [Fact]
    public void Optimum_OnASmallTrace_IsBeladysWithBypass()
    {
        // Room for one: keeping 1 through the single request of 2 and 3 gives the only hits there can be.
        List<Access> trace = [.. new ulong[] { 1, 2, 1, 3, 1 }.Select(key => new Access(key))];

        Assert.Equal(2, OptimumSimulation.Run(trace, 1).Hits);
        Assert.Equal(0, LruSimulation.Run(trace, 1).Hits);
    }
}
