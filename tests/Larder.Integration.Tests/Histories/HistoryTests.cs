using System.Globalization;

namespace Larder.Integration.Tests.Histories;

/// <summary>
/// The promise, in recorded histories of real processes over a real server. Here for about a minute; eng/histories runs it as long as one likes. The variables
/// LARDER_HISTORY_SEED and LARDER_HISTORY_SECONDS (of each run) say the same.
/// </summary>
public sealed class HistoryTests(ITestOutputHelper output)
{
    private const int LeastReads = 300;
    private static readonly int Seed = Number("LARDER_HISTORY_SEED") ?? Random.Shared.Next();
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(Number("LARDER_HISTORY_SECONDS") ?? 9);

    public static TheoryData<int> Plans => [.. Enumerable.Range(0, AllPlans.Length)];

    private static HistoryPlan[] AllPlans =>
    [
        new(CoherenceLevel.Strict, OverMessages: false, Nodes: 3, Time) { Disturbances = Disturbances.None },
        new(CoherenceLevel.Strict, OverMessages: false, Nodes: 3, Time),
        new(CoherenceLevel.Strict, OverMessages: false, Nodes: 4, Time) { ServesStale = true, QueueRemovals = true, Evicts = true },
        new(CoherenceLevel.Bounded, OverMessages: false, Nodes: 3, Time) { ServesStale = true },
        new(CoherenceLevel.Eventual, OverMessages: false, Nodes: 3, Time),
        new(CoherenceLevel.Eventual, OverMessages: true, Nodes: 3, Time) { ServesStale = true },
    ];

    [Theory]
    [MemberData(nameof(Plans))]
    public async Task Promise_RealProcessesKilledAndHalted_IsKept(int plan)
    {
        var chosen = AllPlans[plan];
        output.WriteLine($"{chosen}; seed {Seed}");
        var check = await HistoryRun.RunAsync(chosen, Seed + plan, output.WriteLine);

        output.WriteLine($"{check.Reads} answers, {check.Hits} of them hits, {check.Changes} changes");
        Assert.True(check.Reads > LeastReads && check.Hits > LeastReads / 3 && check.Changes > LeastReads / 10, $"only {check.Reads} answers, {check.Hits} hits, {check.Changes} changes");
        var violations = check.Violations();
        Assert.True(violations.Count == 0, $"{chosen}, seed {Seed + plan}: {violations.Count} broken promises, the first:\n{string.Join('\n', violations.Take(10))}");
    }

    private static int? Number(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;
}
