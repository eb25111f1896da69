using Larder;
using QuickStart.Documentation;
using QuickStart.Showing;

namespace QuickStart.Scenes;

internal sealed class RemovalBeatsLoad : IScene
{
    private const string Name = "System.Version";
    private const string FirstEdition = "the first edition";
    private const string SecondEdition = "the second edition";

    public string Title => "A removal beats a load";

    public string ToBeSeen =>
        "Once RemoveAsync has completed, nobody who asks afterwards gets the old document, not even through a load that runs already.";

    public async Task PlayAsync(Stage stage)
    {
        var source = new StagedSource(stage.Source, FirstEdition);
        await using var cache = LarderCache.Create();

        stage.Say("The source is wrapped here: its first answer is held back, as if it came over a slow line.");
        var held = source.HoldNextAnswer();
        var early = AskAsync(cache, source).AsTask();
        await await Task.WhenAny(held.IsReady, early).WaitAsync(Stage.Patience);
        stage.Show("a load is running", $"it has read {FirstEdition}, and is on its way back");

        source.Edition = SecondEdition;
        var outcome = await cache.RemoveAsync(Name);
        stage.Show("the documentation changes", $"{SecondEdition} is out; RemoveAsync: {outcome}");

        var late = await AskAsync(cache, source).AsTask().WaitAsync(Stage.Patience);
        stage.Show("somebody asks now", Edition(late));

        held.Release();
        var first = await early.WaitAsync(Stage.Patience);
        stage.Show("the first load comes back", $"{Edition(first)}, to the one who had asked before the removal");

        var isKept = cache.TryGet<Document?>(Name, out var kept);
        stage.Show("what memory holds", isKept ? $"{kept?.Edition}" : "nothing");

        stage.Check(first.Value?.Edition == FirstEdition, "Who asked before the removal got what the source said then.");
        stage.Check(late.Value?.Edition == SecondEdition, "Who asked after it got the second edition, and did not join the old load.");
        stage.Check(kept?.Edition == SecondEdition, "The old load came last and changed nothing: memory keeps the second edition.");
        stage.Check(cache.Statistics.FencedOff == 1, "The cache counted one load that it did not let store its answer.");
        stage.Keep(cache.Statistics);
    }

    private static ValueTask<CacheResult<Document?>> AskAsync(ICache cache, StagedSource source) =>
        cache.ResolveAsync(Name, source, static (source, cancellationToken) => source.FindAsync(Name, cancellationToken));

    private static string Edition(CacheResult<Document?> answer) => $"{answer.Value?.Edition} ({answer.Status})";
}
