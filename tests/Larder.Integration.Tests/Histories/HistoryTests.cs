using System.Globalization;

namespace Larder.Integration.Tests.Histories;

/// <summary>
/// The promise, in recorded histories of real processes over real servers. Here for about a minute; eng/histories runs it as long as one likes. The variables
/// LARDER_HISTORY_SEED, LARDER_HISTORY_SECONDS (of each run) and LARDER_HISTORY_PLAN (the name of one) say the same.
/// </summary>
public sealed class HistoryTests(ITestOutputHelper output)
{
    private const int MostAttempts = 3;
    private const int SeedsBetweenAttempts = 100;
    private static readonly int Seed = Number("LARDER_HISTORY_SEED") ?? Random.Shared.Next();
    private static readonly int? Seconds = Number("LARDER_HISTORY_SECONDS");

    public static TheoryData<string> Plans => [.. HistoryPlans.Chosen(Text("LARDER_HISTORY_PLAN"))];

    [Theory]
    [MemberData(nameof(Plans))]
    public async Task Promise_RealProcessesKilledAndHalted_IsKept(string plan)
    {
        var chosen = HistoryPlans.Named(plan);
        var check = await RunAsync(chosen, Seed);
        for (var attempt = 1; !check.IsMeaningful && attempt < MostAttempts; attempt++)
        {
            // The machine was so busy that servers that lived were replaced, and nothing is promised of most of the run.
            check = await RunAsync(chosen, Seed + (attempt * SeedsBetweenAttempts));
        }

        Assert.True(check.IsMeaningful, $"only {check.Reads} answers, {check.Hits} hits, {check.MemoryHits} of them from memory, {check.Changes} changes");
    }

    private async Task<HistoryCheck> RunAsync(HistoryPlan plan, int seed)
    {
        output.WriteLine($"{plan}; seed {seed}");
        var check = await HistoryRun.RunAsync(plan, seed + HistoryPlans.Number(plan), Seconds is { } seconds ? TimeSpan.FromSeconds(seconds) : plan.Time, output.WriteLine);
        output.WriteLine($"{check.Reads} answers, {check.Hits} of them hits, {check.MemoryHits} of these from memory, {check.Changes} changes; nothing is promised of {check.Doubtful} more");
        var violations = check.Violations();
        Assert.True(violations.Count == 0, $"{plan}, seed {seed}: {violations.Count} broken promises, the first:\n{string.Join('\n', violations.Take(10))}");
        return check;
    }

    private static string? Text(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? text : null;

    private static int? Number(string variable) => Text(variable) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;
}
