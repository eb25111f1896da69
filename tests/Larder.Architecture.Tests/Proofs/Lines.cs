namespace Larder.Architecture.Tests.Proofs;

/// <summary>Makes source that is long.</summary>
internal static class Lines
{
    /// <summary>A first line and so many times another.</summary>
    public static string Of(string first, string line, int count) => $"{first}\n{Repeat(line, count)}";

    public static string Repeat(string line, int count) => string.Concat(Enumerable.Repeat(line + "\n", count));
}
