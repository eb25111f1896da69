using System.Diagnostics;
using Larder;
using QuickStart.Documentation;
using QuickStart.Showing;

namespace QuickStart.Scenes;

internal sealed class MemoryBound : IScene
{
    private const int Limit = 500;
    private const int Questions = 50_000;
    private const int Seed = 7;

    public string Title => "The bound of memory";

    public string ToBeSeen =>
        $"A cache bounded to {Limit} entries never holds more, however many types are asked for, and keeps those that are asked for often.";

    public async Task PlayAsync(Stage stage)
    {
        await using var cache = LarderCache.Create(options => options.MemoryLimit = MemoryLimit.Entries(Limit));

        stage.Say("Searching the files for every miss would take long, so here they are read once and the source answers from that.");
        var types = await stage.Source.ReadAllTypesAsync();
        var asked = new HashSet<string>(StringComparer.Ordinal);
        var most = 0L;

        var started = Stopwatch.GetTimestamp();
        foreach (var type in SomeOftenOthersSeldom(types).Take(Questions))
        {
            asked.Add(type.Name);
            await cache.GetOrCreateAsync(type.Name, type, static (type, _) => ValueTask.FromResult(type));
            most = Math.Max(most, cache.Statistics.Entries);
        }

        var elapsed = Stopwatch.GetElapsedTime(started);
        var statistics = cache.Statistics;
        stage.Show("questions", $"{Questions:N0} about {asked.Count:N0} types, in {Figures.Of(elapsed)}");
        stage.Show("entries", $"{statistics.Entries:N0} now, {most:N0} at most, of {statistics.WeightLimit:N0} allowed");
        stage.Show("evicted to make room", $"{statistics.Evictions:N0}");
        stage.Show("hit ratio", $"{statistics.HitRatio:P0}, with {(double)Limit / asked.Count:P0} of the types in memory");
        stage.Check(most <= Limit, $"There were never more than {Limit} entries.");
        stage.Check(
            statistics.Hits + statistics.Misses == Questions && statistics.SourceCalls == statistics.Misses,
            "Every question was a Hit, or a Miss that asked the source.");
        stage.Check(
            statistics.HitRatio > 2.0 * Limit / asked.Count,
            "What is asked for often is kept: the hit ratio is far above the share that fits.");
        stage.Keep(statistics);
    }

    /// <summary>
    /// Questions without end, of the kind that caches live on: the second most popular type is asked for half as often
    /// as the first, the third a third as often, and so on (Zipf's law). The same in each run.
    /// </summary>
    private static IEnumerable<Document> SomeOftenOthersSeldom(IReadOnlyList<Document> types)
    {
        var random = new Random(Seed);
        var byPopularity = types.ToArray();
        random.Shuffle(byPopularity);
        var sums = new double[byPopularity.Length];
        var sum = 0.0;
        for (var i = 0; i < sums.Length; i++)
        {
            sum += 1.0 / (i + 1);
            sums[i] = sum;
        }

        while (true)
        {
            var found = Array.BinarySearch(sums, random.NextDouble() * sum);
            yield return byPopularity[found < 0 ? ~found : found];
        }
    }
}
