using System.Diagnostics;
using Larder;
using QuickStart.Showing;

namespace QuickStart.Scenes;

internal sealed class ColdMiss : IScene
{
    private static readonly string[] Names = ["System.String", "System.Net.Http.HttpClient", "System.Collections.Generic.List<T>"];

    public string Title => "A cold miss";

    public string ToBeSeen =>
        "The first question about a type waits while the files are searched, as it would without a cache.";

    public async Task PlayAsync(Stage stage)
    {
        await using var cache = LarderCache.Create();
        var searchesBefore = stage.Source.Searches;
        var areMisses = true;

        foreach (var name in Names)
        {
            var started = Stopwatch.GetTimestamp();

            // ResolveAsync is GetOrCreateAsync for those who want to know how the answer was found.
            var answer = await cache.ResolveAsync(
                name,
                (stage.Source, name),
                static (asked, cancellationToken) => asked.Source.FindAsync(asked.name, cancellationToken));

            stage.Show(name, $"{Figures.Of(Stopwatch.GetElapsedTime(started))}, {answer.Status} (from {answer.Tier})");
            areMisses &= answer is { Status: CacheStatus.Miss, Value.Name: var found } && found == name;
        }

        stage.Check(areMisses, "Each answer is a Miss: the source was asked, and it answered.");
        stage.Check(stage.Source.Searches - searchesBefore == Names.Length, "The files were searched once for each question.");
        stage.Keep(cache.Statistics);
    }
}
