using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;

namespace HouseMap.Model;

/// <summary>
/// Counts the lines of a file or of a part of it. Lines of XML doc comments do not count, so that nobody documents less to
/// stay below a limit; blank lines and ordinary comments do.
/// </summary>
internal sealed class CodeLines
{
    private readonly SourceText _text;
    private readonly bool[] _documentation;

    public CodeLines(SourceText text, SyntaxNode root)
    {
        _text = text;
        _documentation = new bool[text.Lines.Count];
        foreach (var trivia in root.DescendantTrivia())
        {
            if (trivia.IsKind(SyntaxKind.SingleLineDocumentationCommentTrivia)
                || trivia.IsKind(SyntaxKind.MultiLineDocumentationCommentTrivia))
            {
                Mark(trivia.FullSpan);
            }
        }

        // A final line feed ends the last line; it does not begin another one.
        var endsInLineFeed = text.Lines.Count > 0 && text.Lines[^1].Span.IsEmpty;
        var lines = endsInLineFeed ? text.Lines.Count - 1 : text.Lines.Count;
        Total = lines - _documentation.Count(marked => marked);
    }

    public int Total { get; }

    public int LineAt(int position) => _text.Lines.GetLineFromPosition(position).LineNumber + 1;

    public int Within(TextSpan span)
    {
        var count = 0;
        for (var line = FirstLine(span); line <= LastLine(span); line++)
        {
            if (!_documentation[line])
            {
                count++;
            }
        }

        return count;
    }

    private void Mark(TextSpan span)
    {
        for (var line = FirstLine(span); line <= LastLine(span); line++)
        {
            _documentation[line] = true;
        }
    }

    private int FirstLine(TextSpan span) => _text.Lines.GetLineFromPosition(span.Start).LineNumber;

    // A span's end is the first position behind it, which after a line feed is already the next line.
    private int LastLine(TextSpan span) => _text.Lines.GetLineFromPosition(Math.Max(span.Start, span.End - 1)).LineNumber;
}
