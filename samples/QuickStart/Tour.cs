using System.Diagnostics;
using Larder;
using QuickStart.Documentation;
using QuickStart.Scenes;
using QuickStart.Showing;

namespace QuickStart;

/// <summary>Plays the scenes one after the other, and says at the end which did not hold.</summary>
internal static class Tour
{
    private static readonly TimeSpan LongestScene = TimeSpan.FromSeconds(45);

    private static readonly IScene[] Scenes =
    [
        new ColdMiss(),
        new Hit(),
        new Stampede(),
        new StaleWhileRefreshing(),
        new FailingSource(),
        new RemovalBeatsLoad(),
        new Tags(),
        new MemoryBound(),
    ];

    internal static async Task<int> RunAsync(FileSource source, Terminal terminal)
    {
        var started = Stopwatch.GetTimestamp();
        var failed = new List<string>();
        var counted = new List<(int Number, string Name, CacheStatistics Counted)>();
        Introduce(source.Folder, terminal);

        for (var i = 0; i < Scenes.Length; i++)
        {
            var (number, scene) = (i + 1, Scenes[i]);
            var stage = new Stage(source, terminal);
            await PlayAsync(number, scene, stage, terminal);
            if (!stage.Held)
            {
                failed.Add($"{number}. {scene.Title}");
            }

            if (stage.Statistics is { } statistics)
            {
                counted.Add((number, scene.Title, statistics));
            }
        }

        if (counted.Count > 0)
        {
            terminal.Gap();
            terminal.Paragraph("What the caches counted", tone: Tone.Strong);
            terminal.Paragraph(
                "Each scene had a cache of its own. Loads are the times that the source was asked; the ratio is that of answers "
                + "which did not wait for it; Absent are look-ups that found nothing and did not ask.",
                tone: Tone.Quiet);
            terminal.Gap();
            StatisticsTable.Show(counted, terminal);
        }

        return Conclude(failed, Stopwatch.GetElapsedTime(started), terminal);
    }

    private static void Introduce(DocumentationFolder folder, Terminal terminal)
    {
        terminal.Paragraph("Larder, a cache in front of a slow source", tone: Tone.Strong);
        terminal.Gap();
        terminal.Paragraph(
            $"The source is the reference documentation of {folder.Edition}: {Figures.Count(folder.Files.Count, "XML file", "XML files")}, "
            + $"{Figures.Megabytes(folder.Bytes)}, without an index. Every question means searching through them.");
        terminal.Paragraph(folder.Path, tone: Tone.Quiet);
#if DEBUG
        terminal.Paragraph("This is a Debug build: the times below are longer than they need be.", tone: Tone.Bad);
#endif
    }

    private static async Task PlayAsync(int number, IScene scene, Stage stage, Terminal terminal)
    {
        terminal.Gap();
        terminal.Paragraph(scene.Title, tone: Tone.Strong, label: $"{number}  ");
        terminal.Paragraph(scene.ToBeSeen, indent: 3);
        terminal.Gap();
        try
        {
            await scene.PlayAsync(stage).WaitAsync(LongestScene);
        }
        catch (TimeoutException)
        {
            stage.Check(false, "The scene waited in vain for what should have come.");
        }
        catch (Exception failure)
        {
            stage.Check(false, $"The scene broke off: {failure.GetType().Name}: {failure.Message}");
        }
    }

    private static int Conclude(List<string> failed, TimeSpan elapsed, Terminal terminal)
    {
        terminal.Gap();
        if (failed.Count == 0)
        {
            terminal.Paragraph($"All {Scenes.Length} scenes showed what was promised, in {Figures.Of(elapsed)}.", 0, Tone.Good, "✓ ");
            return ExitCode.Good;
        }

        terminal.Paragraph(
            $"{failed.Count} of {Scenes.Length} scenes did not show what was promised:\n{string.Join('\n', failed)}", 0, Tone.Bad, "✗ ");
        return ExitCode.Failed;
    }
}
