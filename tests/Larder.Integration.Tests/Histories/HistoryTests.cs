using System.Globalization;

namespace Larder.Integration.Tests.Histories;

/// <summary>
/// The promise, in recorded histories of real processes over real servers. Here for about a minute; eng/histories runs it as long as one likes. The variables
/// LARDER_HISTORY_SEED, LARDER_HISTORY_SECONDS (of each run) and LARDER_HISTORY_PLAN (the name of one) say the same.
/// </summary>
public sealed class HistoryTests(ITestOutputHelper output)
{
    private static readonly int Seed = Number("LARDER_HISTORY_SEED") ?? Random.Shared.Next();
    private static readonly int? Seconds = Number("LARDER_HISTORY_SECONDS");

    public static TheoryData<string> Plans => [.. HistoryPlans.Chosen(Text("LARDER_HISTORY_PLAN"))];

    [Theory]
    [MemberData(nameof(Plans))]
    public async Task Promise_RealProcessesKilledAndHalted_IsKept(string plan)
    {
        var chosen = HistoryPlans.Named(plan);
        var seed = Seed + HistoryPlans.Number(chosen);
        output.WriteLine($"{chosen}; seed {Seed}");
        var check = await HistoryRun.RunAsync(chosen, seed, Seconds is { } seconds ? TimeSpan.FromSeconds(seconds) : chosen.Time, output.WriteLine);

        output.WriteLine($"{check.Reads} answers, {check.Hits} of them hits, {check.Changes} changes; nothing is promised of {check.Doubtful} more");
        Assert.True(check.IsMeaningful, $"only {check.Reads} answers, {check.Hits} hits, {check.Changes} changes");
        var violations = check.Violations();
        Assert.True(violations.Count == 0, $"{chosen}, seed {Seed}: {violations.Count} broken promises, the first:\n{string.Join('\n', violations.Take(10))}");
    }

    private static string? Text(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? text : null;

    private static int? Number(string variable) => Text(variable) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;
}
