using System.Text;

namespace QuickStart.Showing;

/// <summary>Writes text that fits the terminal, with a little colour where the terminal takes it.</summary>
internal sealed class Terminal(TextWriter output, int width, bool hasColours)
{
    private const int WidestLine = 100;
    private const int NarrowestLine = 40;

    /// <summary>How many characters a line may have.</summary>
    internal int Width { get; } = Math.Clamp(width, NarrowestLine, WidestLine);

    internal static Terminal ForOutput()
    {
        Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        return new Terminal(Console.Out, WidthOf(Console.IsOutputRedirected), TakesColours(Console.IsOutputRedirected));
    }

    internal static Terminal ForErrors()
    {
        Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        return new Terminal(Console.Error, WidthOf(Console.IsErrorRedirected), TakesColours(Console.IsErrorRedirected));
    }

    /// <summary>Writes an empty line.</summary>
    internal void Gap() => output.WriteLine();

    /// <summary>Writes text as lines that fit. A line break in the text stays one.</summary>
    /// <param name="text">The text.</param>
    /// <param name="indent">How far in all lines begin.</param>
    /// <param name="tone">How it is meant.</param>
    /// <param name="label">What stands before the first line; the others begin below the text that follows it.</param>
    internal void Paragraph(string text, int indent = 0, Tone tone = Tone.Plain, string label = "")
    {
        var margin = new string(' ', indent);
        var hanging = margin + new string(' ', label.Length);
        var before = margin + label;
        foreach (var line in text.Split('\n'))
        {
            // What was indented by its author stays so, in all the lines that it is broken into.
            var content = line.TrimStart(' ');
            var own = new string(' ', line.Length - content.Length);
            foreach (var piece in Wrap(content, Width - hanging.Length - own.Length))
            {
                output.WriteLine(Coloured(before + own + piece, tone).TrimEnd());
                before = hanging;
            }
        }
    }

    /// <summary>Writes one line as it is.</summary>
    internal void Line(string text, Tone tone) => output.WriteLine(Coloured(text.TrimEnd(), tone));

    private string Coloured(string text, Tone tone)
    {
        var code = tone switch
        {
            Tone.Strong => "1",
            Tone.Quiet => "2",
            Tone.Good => "32",
            Tone.Bad => "31",
            _ => "",
        };
        return hasColours && code.Length > 0 ? $"\e[{code}m{text}\e[0m" : text;
    }

    private static IEnumerable<string> Wrap(string text, int room)
    {
        room = Math.Max(room, 10);
        while (text.Length > room)
        {
            // A word that is too long for a line of its own is left whole, so that it can be copied.
            var end = text.LastIndexOf(' ', room);
            end = end > 0 ? end : text.IndexOf(' ', StringComparison.Ordinal);
            if (end < 0)
            {
                break;
            }

            yield return text[..end];
            text = text[(end + 1)..];
        }

        yield return text;
    }

    private static int WidthOf(bool isRedirected)
    {
        if (isRedirected)
        {
            return WidestLine;
        }

        try
        {
            // A terminal that does not know its width says zero.
            return Console.WindowWidth > 0 ? Console.WindowWidth - 1 : WidestLine;
        }
        catch (IOException)
        {
            return WidestLine;
        }
    }

    private static bool TakesColours(bool isRedirected) =>
        !isRedirected
        && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
        && Environment.GetEnvironmentVariable("TERM") != "dumb";
}
