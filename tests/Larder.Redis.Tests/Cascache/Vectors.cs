using System.Text;

namespace Larder.Redis.Tests.Cascache;

/// <summary>
/// Frames and names of cascache v1, written out byte by byte from its document and not by the code under test. Whatever is stored in
/// a shared Redis looks like this for ever.
/// </summary>
internal static class Vectors
{
    /// <summary>Magic, version 1, kind 1, generation, length of the payload, payload.</summary>
    internal static readonly TheoryData<ulong, string, string> Singles = new()
    {
        { 0, "", "43415343 01 01 0000000000000000 00000000" },
        { 42, "68656c6c6f", "43415343 01 01 000000000000002a 00000005 68656c6c6f" },
        { ulong.MaxValue, "0001020304", "43415343 01 01 ffffffffffffffff 00000005 0001020304" },
        { 1, "7b224944223a223432222c224e616d65223a22416461227d", "43415343 01 01 0000000000000001 00000018 7b224944223a223432222c224e616d65223a22416461227d" },
    };

    /// <summary>Members as key/generation/payload in hex, and the frame: magic, version 1, kind 2, how many, then length of the key, key, generation, length, payload.</summary>
    internal static readonly TheoryData<string[], string> Bulks = new()
    {
        { [], "43415343 01 02 00000000" },
        { ["61/1/78"], "43415343 01 02 00000001 0001 61 0000000000000001 00000001 78" },
        {
            ["61/1/78", "62/2/", "63/3/090807"],
            """
            43415343 01 02 00000003
            0001 61 0000000000000001 00000001 78
            0001 62 0000000000000002 00000000
            0001 63 0000000000000003 00000003 090807
            """
        },
        {
            // A key that comes twice is allowed; readers take the last one.
            ["647570/1/6f6c64", "647570/2/6e6577"],
            """
            43415343 01 02 00000002
            0003 647570 0000000000000001 00000003 6f6c64
            0003 647570 0000000000000002 00000003 6e6577
            """
        },
        { ["c3a9/18446744073709551615/22c3a922"], "43415343 01 02 00000001 0002 c3a9 ffffffffffffffff 00000004 22c3a922" },
    };

    /// <summary>Keys, in whatever order, and the first 8 bytes of SHA-256 over what stands behind them as a comment: sorted, each behind its length.</summary>
    internal static readonly TheoryData<string[], string> Hashes = new()
    {
        { ["a"], "72ff6b02949dad95" }, // 00000001 61
        { ["b", "a"], "16275ef0f5d0eb9d" }, // 00000001 61 00000001 62
        { ["2", "10", "1"], "629533935698d154" }, // 00000001 31 00000002 3130 00000001 32
        { ["ab", "c"], "f2939f903016e5bb" }, // 00000002 6162 00000001 63
        { ["bc", "a"], "b534ce16ac9c8b36" }, // 00000001 61 00000002 6263

        // By bytes of UTF-8, U+FFEE comes before U+1F600; by the units of .NET strings it would come after it.
        { ["\uffee", "\ud83d\ude00", "z"], "fa0e1e1362d5f35c" }, // 00000001 7a 00000003 efbfae 00000004 f09f9880
    };

    internal static byte[] Bytes(string hex) => Convert.FromHexString(string.Concat(hex.Where(static digit => !char.IsWhiteSpace(digit))));

    internal static string Text(byte[] bytes) => Encoding.UTF8.GetString(bytes);
}
