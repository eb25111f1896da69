using System.Diagnostics;
using Larder;
using QuickStart.Documentation;
using QuickStart.Showing;

namespace QuickStart.Scenes;

internal sealed class FailingSource : IScene
{
    private const string Known = "System.Uri";
    private const string Unknown = "System.Guid";
    private const int Callers = 1_000;

    private static readonly TimeSpan Throttle = TimeSpan.FromSeconds(1);

    public string Title => "The source fails";

    public string ToBeSeen =>
        "When the source fails, the old document is served as a last resort, and the source is not asked again by everybody.";

    public async Task PlayAsync(Stage stage)
    {
        var source = new StagedSource(stage.Source, stage.Source.Folder.Edition);
        await using var cache = LarderCache.Create(options =>
        {
            options.Defaults.FreshFor = TimeSpan.FromMilliseconds(200);
            options.Defaults.FallbackFor = TimeSpan.FromHours(1);
            options.Defaults.FailureThrottle = Throttle;
        });

        await AskAsync(cache, source, Known);
        await UntilExpiredAsync(cache);
        stage.Say($"{Known} was loaded and has expired. From here on the wrapped source throws, as if its disk were gone.");
        source.Failure = new IOException("The disk with the documentation is gone.");

        var questionsBefore = source.Questions;
        var failedAt = Stopwatch.GetTimestamp();
        var fallbacks = 0;
        for (var i = 0; i < Callers; i++)
        {
            var answer = await AskAsync(cache, source, Known);
            fallbacks += answer is { Status: CacheStatus.Fallback, Value.Name: Known } ? 1 : 0;
        }

        var attempts = source.Questions - questionsBefore;
        stage.Show($"{Callers:N0} callers got", $"{fallbacks:N0} answers (Fallback)");
        stage.Show("the source was tried", Figures.Count(attempts, "time", "times"));
        stage.Check(fallbacks == Callers, "Everybody was served the old document.");
        stage.Check(attempts == 1, $"The source was tried once, and then left alone for {Figures.Of(Throttle)}.");

        var failure = await FailureOfAsync(cache, source);
        stage.Show($"{Unknown}, never loaded", failure is null ? "an answer" : $"{failure.GetType().Name}: {failure.Message}");
        stage.Check(ReferenceEquals(failure, source.Failure), "Without an old document the caller gets the source's own exception.");

        source.Failure = null;
        var late = await AskAsync(cache, source, Unknown);
        stage.Show("the disk is back", $"{Unknown}: {late.Status} (from {late.Tier})");
        stage.Check(late is { Status: CacheStatus.Miss, Value.Name: Unknown }, "Exceptions are not cached: the next caller is answered.");

        var recovered = await UntilRecoveredAsync(cache, source);
        stage.Show(
            $"{Figures.Of(Stopwatch.GetElapsedTime(failedAt))} after the failure",
            $"{Known}: {recovered.Status} (from {recovered.Tier})");
        stage.Check(
            recovered is { Status: CacheStatus.Miss, Value.Name: Known },
            "The old document gives way to a new one when the source is asked again.");
        stage.Keep(cache.Statistics);
    }

    private static ValueTask<CacheResult<Document?>> AskAsync(ICache cache, IDocumentationSource source, string name) =>
        cache.ResolveAsync(
            name,
            (source, name),
            static (asked, cancellationToken) => asked.source.FindAsync(asked.name, cancellationToken));

    private static async Task<Exception?> FailureOfAsync(ICache cache, IDocumentationSource source)
    {
        try
        {
            await AskAsync(cache, source, Unknown);
            return null;
        }
        catch (IOException failure)
        {
            return failure;
        }
    }

    private static async Task UntilExpiredAsync(ICache cache)
    {
        while (await cache.GetAsync<Document?>(Known) is { HasValue: true, RemainingFreshness: var left })
        {
            await Task.Delay(left + TimeSpan.FromMilliseconds(1));
        }
    }

    private static async Task<CacheResult<Document?>> UntilRecoveredAsync(ICache cache, IDocumentationSource source)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            var answer = await AskAsync(cache, source, Known);
            if (answer.Status != CacheStatus.Fallback || Stopwatch.GetElapsedTime(started) > Stage.Patience)
            {
                return answer;
            }

            await Task.Delay(20);
        }
    }
}
