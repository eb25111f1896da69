using System.Text.RegularExpressions;

namespace QuickStart.Documentation;

/// <summary>
/// The name by which the XML files know a type or a member, such as
/// "M:System.String.Join(System.Char,System.String[])". The C# language reference describes the form under
/// "Documentation comments, ID string format".
/// </summary>
internal sealed partial class DocumentationId
{
    private readonly char _kind;
    private readonly string _parameters;

    internal DocumentationId(string id)
    {
        _kind = id[0];
        var list = id.IndexOf('(', StringComparison.Ordinal);
        FullName = list < 0 ? id[2..] : id[2..list];
        _parameters = list < 0 ? "" : id[(list + 1)..id.LastIndexOf(')')];
        PlainName = IsType ? WithoutArity(FullName) : $"{WithoutArity(Owner)}.{MemberName}";
    }

    /// <summary>The name with its namespace and the counts of its type parameters, such as "System.Collections.Generic.List`1".</summary>
    internal string FullName { get; }

    /// <summary>The full name as one writes it, without those counts.</summary>
    internal string PlainName { get; }

    internal bool IsType => _kind == 'T';

    /// <summary>The full name of what this is declared in: the type of a member, the namespace (or the outer type) of a type.</summary>
    internal string Owner => FullName.LastIndexOf('.') is >= 0 and var dot ? FullName[..dot] : "";

    internal MemberKind Kind => (_kind, Name) switch
    {
        (_, ['#', ..]) => MemberKind.Constructor,
        (_, var name) when name.Contains('#', StringComparison.Ordinal) => MemberKind.ExplicitImplementation,
        (_, ['o', 'p', '_', ..]) => MemberKind.Operator,
        ('F', _) => MemberKind.Field,
        ('P', _) => MemberKind.Property,
        ('E', _) => MemberKind.Event,
        _ => MemberKind.Method,
    };

    private string Name => FullName[(FullName.LastIndexOf('.') + 1)..];

    /// <summary>Puts what a user typed into this form: "List&lt;T&gt;" becomes "List`1", and parameters are left out.</summary>
    internal static string Normalize(string typed)
    {
        var name = typed.Trim();
        var list = name.IndexOf('(', StringComparison.Ordinal);
        name = list < 0 ? name : name[..list];
        name = name.Replace("..ctor", ".#ctor", StringComparison.Ordinal);
        return TypeArguments().Replace(name, static match => $"`{match.Value.Count(static c => c == ',') + 1}");
    }

    /// <summary>True when the user may have meant this by a normalized name; the counts of type parameters may be left out.</summary>
    internal bool IsNamed(string normalized) => FullName == normalized || PlainName == normalized;

    /// <summary>True for the members of the type that the user may have meant.</summary>
    internal bool IsMemberOf(string normalized) => !IsType && (Owner == normalized || WithoutArity(Owner) == normalized);

    /// <summary>The full name with the names of its type parameters.</summary>
    internal string DisplayName(IReadOnlyList<string> typeParameters)
    {
        var used = 0;
        return Arity().Replace(FullName, match =>
        {
            var count = int.Parse(match.Value.TrimStart('`'));
            var names = Enumerable.Range(used, count).Select(i => i < typeParameters.Count ? typeParameters[i] : $"T{i + 1}");
            used += count;
            return $"<{string.Join(", ", names)}>";
        });
    }

    /// <summary>The member's name as one writes it.</summary>
    internal string MemberName => Kind switch
    {
        MemberKind.Constructor => ShortName(Owner),
        MemberKind.ExplicitImplementation => ExplicitName(Name),
        MemberKind.Operator => Name[3..],
        _ => WithoutArity(Name),
    };

    /// <summary>The member's name and parameters as one writes them.</summary>
    internal string Signature(IReadOnlyList<string> ofType, IReadOnlyList<string> ofMethod, IReadOnlyList<string> parameters)
    {
        var types = SplitAtCommas(_parameters).Select(type => TypeName(type, ofType, ofMethod));
        var list = string.Join(", ", types.Select((type, i) => i < parameters.Count ? $"{type} {parameters[i]}" : type));
        var generic = ofMethod.Count == 0 ? "" : $"<{string.Join(", ", ofMethod)}>";
        return _kind switch
        {
            'M' => $"{MemberName}{generic}({list})",
            'P' when list.Length > 0 => $"{MemberName}[{list}]",
            _ => MemberName,
        };
    }

    /// <summary>How a text mentions this: a type by its name, a member by the type's name and its own.</summary>
    internal string Mention() =>
        IsType || _kind == 'N' ? ShortName(FullName)
        : Kind == MemberKind.Constructor ? ShortName(Owner)
        : $"{ShortName(Owner)}.{MemberName}";

    private static string TypeName(string type, IReadOnlyList<string> ofType, IReadOnlyList<string> ofMethod)
    {
        var named = TypeParameter().Replace(type, match =>
        {
            var names = match.Value.StartsWith("``", StringComparison.Ordinal) ? ofMethod : ofType;
            var index = int.Parse(match.Value.TrimStart('`'));
            return index < names.Count ? names[index] : $"T{index + 1}";
        });
        var written = ShortType(named.Replace('{', '<').Replace('}', '>').Replace("0:", "", StringComparison.Ordinal));
        return written.EndsWith('@') ? "ref " + written[..^1] : written;
    }

    private static IEnumerable<string> SplitAtCommas(string list)
    {
        var (depth, start) = (0, 0);
        for (var i = 0; i < list.Length; i++)
        {
            depth += list[i] switch { '{' or '[' or '(' => 1, '}' or ']' or ')' => -1, _ => 0 };
            if (list[i] == ',' && depth == 0)
            {
                yield return list[start..i];
                start = i + 1;
            }
        }

        if (list.Length > 0)
        {
            yield return list[start..];
        }
    }

    /// <summary>"System#IComparable{System#Int32}#CompareTo" is CompareTo, implemented for IComparable&lt;Int32&gt;.</summary>
    private static string ExplicitName(string name)
    {
        var member = name.LastIndexOf('#');
        var implemented = name[..member].Replace('#', '.').Replace('{', '<').Replace('}', '>').Replace('@', ',');
        return $"{ShortType(implemented)}.{WithoutArity(name[(member + 1)..])}";
    }

    private static string ShortName(string fullName) => WithoutArity(fullName[(fullName.LastIndexOf('.') + 1)..]);

    private static string ShortType(string type) => Qualified().Replace(type, "$1").Replace(",", ", ", StringComparison.Ordinal);

    private static string WithoutArity(string name) => name.Contains('`', StringComparison.Ordinal) ? Arity().Replace(name, "") : name;

    [GeneratedRegex("<[^<>]*>")]
    private static partial Regex TypeArguments();

    [GeneratedRegex("`+[0-9]+")]
    private static partial Regex Arity();

    [GeneratedRegex("``?[0-9]+")]
    private static partial Regex TypeParameter();

    [GeneratedRegex(@"(?:\w+\.)+(\w+)")]
    private static partial Regex Qualified();
}
