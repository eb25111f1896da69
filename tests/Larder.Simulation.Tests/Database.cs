namespace Larder.Simulation.Tests;

/// <summary>The source of truth: a version for each key, raised by every write. What a cache serves is such a version, so that an old value can be told.</summary>
internal sealed class Database
{
    private const long Span = 1_000_000;
    private readonly int[] _versions = new int[Keys.Length];

    /// <summary>The keys, and the tags that every entry of them carries.</summary>
    internal static readonly string[] Keys = ["a", "b"];

    private static readonly string[][] TagsOfKeys = [["t"], ["t", "u"]];

    internal static string[] TagsOf(int key) => TagsOfKeys[key];

    internal int Version(int key) => _versions[key];

    internal long Read(int key) => Value(key, _versions[key]);

    /// <summary>Changes a key. The new version.</summary>
    internal int Write(int key) => ++_versions[key];

    /// <summary>What a cache keeps of a version: the key is in it, so that another key's value is noticed.</summary>
    internal static long Value(int key, int version) => ((key + 1) * Span) + version;

    internal static int VersionIn(int key, long value) =>
        value / Span == key + 1 ? (int)(value % Span) : throw new BrokenPromiseException($"the key {Keys[key]} was answered with {value}, the value of another key");
}
