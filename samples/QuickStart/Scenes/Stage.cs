using Larder;
using QuickStart.Documentation;
using QuickStart.Showing;

namespace QuickStart.Scenes;

/// <summary>What a scene plays on: the source, the terminal, and a list of what held.</summary>
internal sealed class Stage(FileSource source, Terminal terminal)
{
    private const int Indent = 3;
    private const int WidestLabel = 36;

    /// <summary>How long a scene waits for what must come, before it says that it did not.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private int _checks;
    private int _failures;

    internal FileSource Source { get; } = source;

    /// <summary>True when something was checked, and all of it was as promised.</summary>
    internal bool Held => _checks > 0 && _failures == 0;

    /// <summary>What the scene's cache counted.</summary>
    internal CacheStatistics? Statistics { get; private set; }

    /// <summary>Says something that the reader should know to judge what follows.</summary>
    internal void Say(string text) => terminal.Paragraph(text, Indent, Tone.Quiet);

    /// <summary>Shows something that was measured or counted.</summary>
    internal void Show(string what, string figure)
    {
        if (terminal.Width < 2 * WidestLabel)
        {
            // A narrow terminal has no room for two columns.
            terminal.Paragraph($"{what}: {figure}", Indent + 2);
            return;
        }

        terminal.Paragraph(figure, Indent + 2, label: what.PadRight(WidestLabel) + "  ");
    }

    /// <summary>Says whether something is as promised.</summary>
    internal void Check(bool holds, string promise)
    {
        _checks++;
        _failures += holds ? 0 : 1;
        terminal.Paragraph(promise, Indent, holds ? Tone.Good : Tone.Bad, label: holds ? "✓ " : "✗ ");
    }

    /// <summary>Keeps the numbers of a cache for the table at the end of the tour.</summary>
    internal void Keep(CacheStatistics statistics) => Statistics = statistics;
}
