using System.Diagnostics;
using Larder;
using QuickStart.Showing;

namespace QuickStart.Scenes;

internal sealed class Stampede : IScene
{
    private const string Name = "System.Threading.Tasks.Task";
    private const int Callers = 1_000;

    public string Title => "1,000 callers, one load";

    public string ToBeSeen =>
        "When many ask at once for what is not there yet, the source is asked once, and all share the answer.";

    public async Task PlayAsync(Stage stage)
    {
        await using var cache = LarderCache.Create();
        var searchesBefore = stage.Source.Searches;
        var start = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        var callers = Enumerable.Range(0, Callers).Select(async _ =>
        {
            await start.Task;
            return await cache.GetOrCreateAsync(
                Name,
                stage.Source,
                static (source, cancellationToken) => source.FindAsync(Name, cancellationToken));
        }).ToList();
        var started = Stopwatch.GetTimestamp();
        start.SetResult();
        var answers = await Task.WhenAll(callers).WaitAsync(Stage.Patience);
        var elapsed = Stopwatch.GetElapsedTime(started);

        var searches = stage.Source.Searches - searchesBefore;
        stage.Show("all callers answered after", Figures.Of(elapsed));
        stage.Show("searches of the files", $"{searches:N0}");
        stage.Show("callers who joined that load", $"{cache.Statistics.Joined:N0}");
        stage.Show("searches without the cache", $"{Callers:N0}, which is {Figures.Of(elapsed * Callers)} of work");
        stage.Check(searches == 1, $"{Callers:N0} callers, one search.");
        stage.Check(answers[0] is not null && answers.All(answer => ReferenceEquals(answer, answers[0])), "All got the same document.");
        stage.Keep(cache.Statistics);
    }
}
