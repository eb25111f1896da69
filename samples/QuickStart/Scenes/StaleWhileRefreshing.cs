using System.Diagnostics;
using Larder;
using QuickStart.Documentation;
using QuickStart.Showing;

namespace QuickStart.Scenes;

internal sealed class StaleWhileRefreshing : IScene
{
    private const string Name = "System.Text.StringBuilder";
    private const string FirstEdition = "the first edition";
    private const string SecondEdition = "the second edition";

    /// <summary>Options of one call win over the cache's: this tour does not want to wait for five minutes.</summary>
    private static readonly EntryOptions SoonStale = new() { FreshFor = TimeSpan.FromMilliseconds(200) };

    public string Title => "Stale, and served at once";

    public string ToBeSeen =>
        "Past its freshness a document is still served at once, while one refresh fetches the new one in the background.";

    public async Task PlayAsync(Stage stage)
    {
        var source = new StagedSource(stage.Source, FirstEdition);
        await using var cache = LarderCache.Create(options =>
        {
            options.Defaults.FreshFor = TimeSpan.FromMinutes(5);
            options.Defaults.StaleFor = TimeSpan.FromMinutes(10);
        });

        stage.Say("The files never change, so the source is wrapped here: it calls what it reads the first edition, and later the second.");
        await AskAsync(cache, source, SoonStale);
        await UntilStaleAsync(cache);
        source.Edition = SecondEdition;

        var (staleAnswers, answersAtOnce) = (0, 0);
        var slowest = TimeSpan.Zero;
        var started = Stopwatch.GetTimestamp();
        CacheResult<Document?> answer;
        while (true)
        {
            var asked = Stopwatch.GetTimestamp();
            var pending = AskAsync(cache, source);
            var isAtOnce = pending.IsCompletedSuccessfully;
            answer = await pending;
            if (answer.Value?.Edition == SecondEdition || Stopwatch.GetElapsedTime(started) > Stage.Patience)
            {
                break;
            }

            staleAnswers += answer is { Status: CacheStatus.Stale, Value.Edition: FirstEdition } ? 1 : 0;
            answersAtOnce += isAtOnce ? 1 : 0;
            slowest = Stopwatch.GetElapsedTime(asked) is var time && time > slowest ? time : slowest;
            await Task.Delay(1);
        }

        stage.Show("the refresh took", Figures.Of(Stopwatch.GetElapsedTime(started)));
        stage.Show("served meanwhile", $"{Figures.Count(staleAnswers, "answer", "answers")} (Stale), the slowest in {Figures.Of(slowest)}");
        stage.Show("and then", $"{answer.Value?.Edition} ({answer.Status})");
        stage.Check(
            staleAnswers > 0 && answersAtOnce == staleAnswers,
            "While the refresh ran, every answer was the first edition, and nobody waited for it.");
        stage.Check(answer is { Status: CacheStatus.Hit, Value.Edition: SecondEdition }, "After it the second edition is there, fresh.");
        stage.Check(
            source.Questions == 2 && cache.Statistics.Refreshes == 1,
            "The source was asked twice in all: for the load and for one refresh.");
        stage.Keep(cache.Statistics);
    }

    private static ValueTask<CacheResult<Document?>> AskAsync(ICache cache, StagedSource source, EntryOptions? options = null) =>
        cache.ResolveAsync(Name, source, static (source, cancellationToken) => source.FindAsync(Name, cancellationToken), options);

    /// <summary>GetAsync looks without asking the source, so looking starts no refresh.</summary>
    private static async Task UntilStaleAsync(ICache cache)
    {
        while (await cache.GetAsync<Document?>(Name) is { Status: CacheStatus.Hit, RemainingFreshness: var left })
        {
            await Task.Delay(left + TimeSpan.FromMilliseconds(1));
        }
    }
}
