using System.Xml;
using System.Xml.Linq;

namespace QuickStart.Documentation;

/// <summary>What was wanted from one XML file.</summary>
internal sealed class FilePage
{
    private readonly string _assembly;
    private readonly HashSet<string> _types = new(StringComparer.Ordinal);
    private readonly List<(DocumentationId Id, XElement Element)> _wanted = [];

    private FilePage(string assembly) => _assembly = assembly;

    /// <summary>Reads a file from its beginning to its end, and keeps what is wanted.</summary>
    internal static FilePage Read(string file, Func<DocumentationId, bool> isWanted, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var page = new FilePage(Path.GetFileNameWithoutExtension(file));
        using var reader = XmlReader.Create(file);
        reader.MoveToContent();
        while (!reader.EOF)
        {
            if (reader is not { NodeType: XmlNodeType.Element, LocalName: "member" }
                || reader.GetAttribute("name") is not { Length: > 2 } name)
            {
                reader.Read();
                continue;
            }

            var id = new DocumentationId(name);
            if (id.IsType)
            {
                page._types.Add(id.FullName);
            }

            if (isWanted(id))
            {
                page._wanted.Add((id, (XElement)XNode.ReadFrom(reader)));
            }
            else
            {
                reader.Skip();
            }
        }

        return page;
    }

    /// <summary>The types among what was wanted, without their members.</summary>
    internal IEnumerable<Document> Types(string edition) =>
        _wanted.Where(static wanted => wanted.Id.IsType).Select(wanted => OfType(wanted.Id, wanted.Element, members: [], edition));

    /// <summary>The document of that name: of a type if there is one, else of members; null when the file has neither.</summary>
    internal Document? Document(string name, string edition)
    {
        // Of Tuple<T1>, Tuple<T1, T2> and so on the exact name wins, else the one with the shortest name.
        var (typeId, typeElement) = _wanted
            .Where(wanted => wanted.Id.IsType && wanted.Id.IsNamed(name))
            .OrderByDescending(wanted => wanted.Id.FullName == name)
            .ThenBy(static wanted => wanted.Id.FullName.Length)
            .FirstOrDefault();
        if (typeId is not null)
        {
            var members = _wanted.Where(wanted => !wanted.Id.IsType && wanted.Id.Owner == typeId.FullName);
            return OfType(typeId, typeElement, [.. members], edition);
        }

        var found = _wanted.Where(wanted => wanted.Id.IsNamed(name)).ToList();
        if (found.Count == 0)
        {
            return null;
        }

        var (id, _) = found[0];
        var overloads = found.Where(member => member.Id.Owner == id.Owner);
        return new Document
        {
            Name = $"{new DocumentationId("T:" + id.Owner).DisplayName([])}.{id.MemberName}",
            Namespace = NamespaceOf(id),
            Assembly = _assembly,
            Edition = edition,
            IsType = false,
            Summary = "",
            Members = [.. overloads.Select(static member => OfMember(member.Id, member.Element, typeParameters: []))],
        };
    }

    private Document OfType(
        DocumentationId id, XElement element, IEnumerable<(DocumentationId Id, XElement Element)> members, string edition)
    {
        var typeParameters = NamesOf(element, "typeparam");
        return new Document
        {
            Name = id.DisplayName(typeParameters),
            Namespace = NamespaceOf(id),
            Assembly = _assembly,
            Edition = edition,
            IsType = true,
            Summary = DocumentText.Of(element.Element("summary")),
            Members = [.. members.Select(member => OfMember(member.Id, member.Element, typeParameters))],
        };
    }

    private static MemberDocument OfMember(DocumentationId id, XElement element, IReadOnlyList<string> typeParameters) => new()
    {
        Kind = id.Kind,
        Name = id.MemberName,
        Signature = id.Signature(typeParameters, NamesOf(element, "typeparam"), NamesOf(element, "param")),
        Summary = DocumentText.Of(element.Element("summary")),
        Parameters =
        [
            .. element.Elements("typeparam").Concat(element.Elements("param"))
                .Select(static parameter => ((string?)parameter.Attribute("name") ?? "", DocumentText.Of(parameter))),
        ],
        Returns = DocumentText.Of(element.Element("returns") ?? element.Element("value")),
        Exceptions =
        [
            .. element.Elements("exception").Select(static exception =>
                (new DocumentationId((string?)exception.Attribute("cref") ?? "T:Exception").Mention(), DocumentText.Of(exception))),
        ],
    };

    /// <summary>What the name begins with once its types are taken away; a nested type has more than one.</summary>
    private string NamespaceOf(DocumentationId id)
    {
        var name = id.Owner;
        while (_types.Contains(name))
        {
            name = name.LastIndexOf('.') is >= 0 and var dot ? name[..dot] : "";
        }

        return name;
    }

    private static List<string> NamesOf(XElement element, string kind) =>
        [.. element.Elements(kind).Select(static parameter => (string?)parameter.Attribute("name") ?? "")];
}
