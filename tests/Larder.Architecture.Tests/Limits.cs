namespace Larder.Architecture.Tests;

/// <summary>
/// The limits of size. Raising one needs a line in docs/decisions.md that says which code could not be split, and why.
/// </summary>
internal static class Limits
{
    /// <summary>Lines of a file; lines of XML doc comments do not count.</summary>
    public const int FileLines = 400;

    /// <summary>Lines of a whole type, all its parts together; lines of XML doc comments do not count.</summary>
    public const int TypeLines = 400;

    /// <summary>Lines of a method with its signature; lines of XML doc comments do not count.</summary>
    public const int MethodLines = 70;

    /// <summary>Parameters of a method outside the public face.</summary>
    public const int Parameters = 7;

    /// <summary>
    /// Names in a project that the reading may fail to understand. Names from generated code would be such; every other one
    /// means that the rules look at less than they should.
    /// </summary>
    public const int UnresolvedNames = 0;
}
