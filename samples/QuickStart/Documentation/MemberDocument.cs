namespace QuickStart.Documentation;

/// <summary>The documentation of one member.</summary>
internal sealed record MemberDocument
{
    internal required MemberKind Kind { get; init; }

    /// <summary>The name as one writes it, such as "Join".</summary>
    internal required string Name { get; init; }

    /// <summary>The name and the parameters, such as "Join(Char separator, String[] value)".</summary>
    internal required string Signature { get; init; }

    internal required string Summary { get; init; }

    internal required IReadOnlyList<(string Name, string Text)> Parameters { get; init; }

    internal required string Returns { get; init; }

    internal required IReadOnlyList<(string Name, string Text)> Exceptions { get; init; }
}
