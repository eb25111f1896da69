using System.ComponentModel;

namespace QuickStart.Documentation;

/// <summary>The documentation of a type with its members, or of the members that share one name. This is what the cache keeps.</summary>
/// <remarks>
/// Every caller of a cache gets the same instance, so a cached type should not be changeable. The attribute also tells
/// the cache so, which then never copies it, whatever its options say.
/// </remarks>
[ImmutableObject(true)]
internal sealed record Document
{
    /// <summary>The full name, such as "System.Collections.Generic.List&lt;T&gt;".</summary>
    internal required string Name { get; init; }

    internal required string Namespace { get; init; }

    internal required string Assembly { get; init; }

    /// <summary>Which edition of the documentation this was read from.</summary>
    internal required string Edition { get; init; }

    /// <summary>False when this is about members only, and not about their type.</summary>
    internal required bool IsType { get; init; }

    internal required string Summary { get; init; }

    internal IReadOnlyList<MemberDocument> Members { get; init; } = [];
}
