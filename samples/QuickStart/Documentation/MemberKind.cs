namespace QuickStart.Documentation;

/// <summary>The kinds of members, in the order in which a page shows them.</summary>
internal enum MemberKind
{
    Constructor,
    Field,
    Property,
    Method,
    Operator,
    Event,
    ExplicitImplementation,
}
