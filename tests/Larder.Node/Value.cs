namespace Larder.Node;

/// <summary>A value that tells its key and its version, so that a value of another key is noticed.</summary>
internal static class Value
{
    private const int VersionBits = 48;

    internal static long Of(int key, long version) => ((long)key << VersionBits) | version;

    internal static long VersionIn(int key, long value) => value >> VersionBits == key
        ? value & ((1L << VersionBits) - 1)
        : throw new InvalidOperationException($"The value {value} was answered for key {key}; it is key {value >> VersionBits}'s.");
}
