using QuickStart.Documentation;

namespace QuickStart.Showing;

/// <summary>Shows a document as a page of text.</summary>
internal static class DocumentPage
{
    internal static void Show(Document document, Terminal terminal)
    {
        terminal.Paragraph(document.Name, tone: Tone.Strong);
        terminal.Paragraph($"{document.Namespace} · {document.Assembly} · {document.Edition}", tone: Tone.Quiet);
        if (document.Summary.Length > 0)
        {
            terminal.Gap();
            terminal.Paragraph(document.Summary);
        }

        if (document.IsType)
        {
            ShowMembers(document, terminal);
            return;
        }

        foreach (var member in document.Members)
        {
            ShowMember(member, terminal);
        }
    }

    /// <summary>One line for each name; the overloads of a method share one.</summary>
    private static void ShowMembers(Document document, Terminal terminal)
    {
        foreach (var kind in document.Members.GroupBy(static member => member.Kind).OrderBy(static kind => kind.Key))
        {
            var names = kind.GroupBy(static member => member.Name).OrderBy(static name => name.Key, StringComparer.Ordinal).ToList();
            terminal.Gap();
            terminal.Paragraph(TitleOf(kind.Key), tone: Tone.Strong);
            if (kind.Key == MemberKind.ExplicitImplementation)
            {
                // These are called through their interfaces, which document them.
                terminal.Paragraph(string.Join(", ", names.Select(static name => name.Key)), indent: 2, Tone.Quiet);
                continue;
            }

            var widest = Math.Min(names.Max(static name => Label(name).Length), terminal.Width / 3);
            foreach (var name in names)
            {
                ShowName(Label(name), name.First().Summary, widest, terminal);
            }
        }
    }

    private static void ShowName(string label, string summary, int room, Terminal terminal)
    {
        var text = summary.Split('\n')[0];
        if (label.Length <= room)
        {
            terminal.Paragraph(text, indent: 2, label: label.PadRight(room + 2));
            return;
        }

        terminal.Paragraph(label, indent: 2);
        terminal.Paragraph(text, indent: room + 4);
    }

    private static void ShowMember(MemberDocument member, Terminal terminal)
    {
        terminal.Gap();
        terminal.Paragraph(member.Signature, tone: Tone.Strong);
        terminal.Paragraph(member.Summary, indent: 2);
        foreach (var (name, text) in member.Parameters)
        {
            terminal.Paragraph(text, indent: 4, label: name + "  ");
        }

        if (member.Returns.Length > 0)
        {
            terminal.Paragraph(member.Returns, indent: 4, label: "returns  ");
        }

        foreach (var (name, text) in member.Exceptions)
        {
            terminal.Paragraph(text, indent: 4, label: $"throws {name}  ");
        }
    }

    private static string Label(IGrouping<string, MemberDocument> name) => name.Count() == 1 ? name.Key : $"{name.Key} ×{name.Count()}";

    private static string TitleOf(MemberKind kind) => kind switch
    {
        MemberKind.Constructor => "Constructors",
        MemberKind.Field => "Fields",
        MemberKind.Property => "Properties",
        MemberKind.Method => "Methods",
        MemberKind.Operator => "Operators",
        MemberKind.Event => "Events",
        _ => "Implemented for interfaces",
    };
}
