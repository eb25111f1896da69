using Larder.HitRatio;

namespace Larder.Memory.Tests.Simulation;

/// <summary>
/// The published traces: OLTP of Megiddo and Modha (FAST '03), GLI of Jiang and Zhang (SIGMETRICS '02). They are not part of
/// this repository; LARDER_TRACES names the folder that holds arc-oltp.gz and lirs-gli.gz.
/// </summary>
public sealed class PublishedTraceTests
{
    private const string Variable = "LARDER_TRACES";

    [Theory]
    [InlineData(250, 16.47, 38.47, 24.88)]
    [InlineData(500, 23.45, 46.43, 33.73)]
    [InlineData(750, 28.28, 50.67, 37.46)]
    [InlineData(1000, 32.83, 53.62, 40.01)]
    [InlineData(1250, 36.21, 55.84, 42.28)]
    [InlineData(1500, 38.70, 57.62, 43.80)]
    [InlineData(1750, 40.79, 59.13, 45.06)]
    [InlineData(2000, 42.47, 60.40, 46.09)]
    public void Oltp_AtEverySize_IsAboveTheBestPeer(int capacity, double lru, double optimum, double peer)
    {
        var trace = Read("arc-oltp.gz", TraceFormat.Arc);

        Assert.Equal(lru, Math.Round(LruSimulation.Run(trace, capacity).Percent, 2));
        Assert.Equal(optimum, Math.Round(OptimumSimulation.Run(trace, capacity).Percent, 2));
        Assert.InRange(MapSimulation.Run(trace, capacity, weighted: false, threads: 1).Percent, peer, optimum);
    }

    [Theory]
    [InlineData(250, 0.91, 17.71, 15.15)]
    [InlineData(500, 0.95, 34.33, 33.08)]
    [InlineData(750, 1.15, 46.13, 43.11)]
    [InlineData(1000, 11.21, 53.15, 50.57)]
    [InlineData(1250, 21.25, 57.31, 51.87)]
    [InlineData(1500, 36.56, 57.96, 53.57)]
    [InlineData(1750, 45.04, 57.96, 55.61)]
    [InlineData(2000, 57.41, 57.96, 57.96)]
    public void Gli_AtEverySize_IsNearTheBestPeer(int capacity, double lru, double optimum, double peer)
    {
        var trace = Read("lirs-gli.gz", TraceFormat.Lirs);

        Assert.Equal(lru, Math.Round(LruSimulation.Run(trace, capacity).Percent, 2));
        Assert.Equal(optimum, Math.Round(OptimumSimulation.Run(trace, capacity).Percent, 2));
        Assert.InRange(Math.Round(MapSimulation.Run(trace, capacity, weighted: false, threads: 1).Percent, 2), peer - 1.0, optimum);
    }

    [Theory]
    [InlineData(250)]
    [InlineData(1000)]
    [InlineData(2000)]
    public void Oltp_ReplayedByEightThreads_StaysWithinOnePoint(int capacity)
    {
        var trace = Read("arc-oltp.gz", TraceFormat.Arc);

        var one = MapSimulation.Run(trace, capacity, weighted: false, threads: 1).Percent;
        var eight = MapSimulation.Run(trace, capacity, weighted: false, threads: 8).Percent;

        Assert.InRange(eight, one - 1, one + 1);
    }

    private static List<Access> Read(string file, TraceFormat format)
    {
        var folder = Environment.GetEnvironmentVariable(Variable);
        Assert.SkipWhen(string.IsNullOrEmpty(folder), $"{Variable} does not name a folder with the trace {file}.");
        return [.. new TraceReader(Path.Combine(folder!, file), format).Read()];
    }
}
