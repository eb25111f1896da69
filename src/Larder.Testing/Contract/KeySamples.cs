namespace Larder.Testing;

/// <summary>Keys that a store may stumble over.</summary>
internal static class KeySamples
{
    /// <summary>Keys that some stores, file systems or comparisons take for the same.</summary>
    internal static readonly string[] LookAlikes =
    [
        "product", "Product", "PRODUCT", "product ", " product", "product.", "product/", "/product", "product\\", "./product", "product:1", "product:10",
        "caf\u00e9", "cafe\u0301", "stra\u00dfe", "strasse", "\u0130", "i", "I", "\u0131", "a\u200db", "ab",
    ];

    /// <summary>Everything that a key may be.</summary>
    internal static readonly string[] All =
    [
        "a", " ", "..", ".", "/", "\\", "a/../b", "C:\\temp\\x", "CON", "nul.txt", "a*b?c", "<>:\"|", "%00", "%2e%2e", "{tag}", "a b\u00a0c", "'; DROP TABLE keys; --",
        "\u00e4\u00f6\u00fc", "\u65e5\u672c\u8a9e", "\U0001F36F", "\uFEFFbom", "\u2028", "\uFFFD", "\u202Egnp", "k\uE000", new('k', 1_024), new('\u65e5', 1_024),
    ];
}
