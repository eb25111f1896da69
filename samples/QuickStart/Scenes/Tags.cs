using System.Diagnostics;
using Larder;
using QuickStart.Documentation;
using QuickStart.Showing;

namespace QuickStart.Scenes;

internal sealed class Tags : IScene
{
    private const string SmallTag = "namespace:System.Collections.Generic";
    private const string LargeTag = "assembly:System.Runtime";
    private const string OneOfThem = "System.Collections.Generic.List<T>";
    private const int Repetitions = 15;

    public string Title => "Tags";

    public string ToBeSeen => "Entries with a common tag are removed all at once, however many they are, and not one by one.";

    public async Task PlayAsync(Stage stage)
    {
        await using var cache = LarderCache.Create();

        stage.Say("The files are read once, for the summaries of all types. Each is stored with its namespace and assembly as tags.");
        var started = Stopwatch.GetTimestamp();
        var types = await stage.Source.ReadAllTypesAsync();
        var reading = Stopwatch.GetElapsedTime(started);
        started = Stopwatch.GetTimestamp();
        await StoreAsync(cache, types);
        stage.Show($"{types.Count:N0} types", $"read in {Figures.Of(reading)}, stored in {Figures.Of(Stopwatch.GetElapsedTime(started))}");

        await RemoveAsync(stage, cache, types, SmallTag);
        await RemoveAsync(stage, cache, types, LargeTag);

        var again = await cache.ResolveAsync(
            OneOfThem,
            stage.Source,
            static (source, cancellationToken) => source.FindAsync(OneOfThem, cancellationToken));
        stage.Check(again is { Status: CacheStatus.Miss, Value: not null }, $"Who asks for {OneOfThem} now has it loaded anew.");
        stage.Keep(cache.Statistics);
    }

    private static async Task RemoveAsync(Stage stage, ICache cache, IReadOnlyList<Document> types, string tag)
    {
        var before = types.Where(type => cache.TryGet<Document>(type.Name, out _)).ToHashSet();
        var tagged = types.Where(type => TagsOf(type).Contains(tag)).ToHashSet();
        var oneByOne = await TimeAsync(cache, tagged, () => cache.RemoveAsync(tagged.Select(static type => type.Name)));
        var atOnce = await TimeAsync(cache, tagged, () => cache.RemoveByTagAsync(tag));
        var after = types.Where(type => cache.TryGet<Document>(type.Name, out _)).ToHashSet();

        var removed = Figures.Count(before.Count - after.Count, "entry", "entries");
        stage.Show(tag, $"{removed} removed in {Figures.Of(atOnce)}; key by key: {Figures.Of(oneByOne)}");
        before.ExceptWith(tagged);
        stage.Check(before.SetEquals(after), $"All entries tagged {tag} are gone, and no others.");
        stage.Check(atOnce < oneByOne, $"Key by key it takes {oneByOne / atOnce:N0} times as long.");
    }

    /// <summary>Stores the entries and removes them, several times, and takes the median, because such short times vary.</summary>
    private static async Task<TimeSpan> TimeAsync(ICache cache, IEnumerable<Document> tagged, Func<ValueTask<RemovalOutcome>> remove)
    {
        var times = new List<TimeSpan>();
        while (times.Count < Repetitions)
        {
            await StoreAsync(cache, tagged);
            var started = Stopwatch.GetTimestamp();
            await remove();
            times.Add(Stopwatch.GetElapsedTime(started));
        }

        times.Sort();
        return times[Repetitions / 2];
    }

    private static async Task StoreAsync(ICache cache, IEnumerable<Document> types)
    {
        foreach (var type in types)
        {
            await cache.SetAsync(type.Name, type, tags: TagsOf(type));
        }
    }

    private static string[] TagsOf(Document type) => [$"namespace:{type.Namespace}", $"assembly:{type.Assembly}"];
}
