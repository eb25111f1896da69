using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace QuickStart.Documentation;

/// <summary>Turns a piece of XML documentation into plain text, one line for each paragraph.</summary>
internal static partial class DocumentText
{
    private const string ParagraphBreak = "\n\n";

    internal static string Of(XElement? element)
    {
        if (element is null)
        {
            return "";
        }

        var text = new StringBuilder();
        Append(text, element);
        var paragraphs = ParagraphEnd().Split(text.ToString())
            .Select(static paragraph => Space().Replace(paragraph, " ").Trim())
            .Where(static paragraph => paragraph.Length > 0);
        return string.Join('\n', paragraphs);
    }

    private static void Append(StringBuilder text, XElement element)
    {
        foreach (var node in element.Nodes())
        {
            switch (node)
            {
                case XText plain:
                    text.Append(plain.Value);
                    break;
                case XElement inner:
                    AppendElement(text, inner);
                    break;
                default:
                    break;
            }
        }
    }

    private static void AppendElement(StringBuilder text, XElement element)
    {
        switch (element.Name.LocalName)
        {
            case "see" or "seealso" or "xref" or "paramref" or "typeparamref" when element.IsEmpty || element.Value.Length == 0:
                text.Append(Reference(element));
                break;
            case "para" or "p" or "list":
                text.Append(ParagraphBreak);
                Append(text, element);
                text.Append(ParagraphBreak);
                break;
            case "br":
                text.Append(ParagraphBreak);
                break;
            case "item" or "li":
                text.Append(ParagraphBreak).Append("• ");
                Append(text, element);
                break;
            case "term" when element.ElementsAfterSelf().Any():
                Append(text, element);
                text.Append(": ");
                break;
            case "listheader":
                break;
            default:
                Append(text, element);
                break;
        }
    }

    private static string Reference(XElement element)
    {
        var cref = (string?)element.Attribute("cref");
        if (cref is { Length: > 2 } && cref[1] == ':')
        {
            return new DocumentationId(cref).Mention();
        }

        return cref
            ?? (string?)element.Attribute("langword")
            ?? (string?)element.Attribute("name")
            ?? (string?)element.Attribute("href")
            ?? (string?)element.Attribute("uid")
            ?? "";
    }

    /// <summary>A blank line, or the space around the "-or-" that stands between alternatives.</summary>
    [GeneratedRegex(@"\n\s*\n|\s+(?=-or-\s)|(?<=\s-or-)\s+")]
    private static partial Regex ParagraphEnd();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();
}
