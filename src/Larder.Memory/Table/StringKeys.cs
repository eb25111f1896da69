using System.Runtime.CompilerServices;

namespace Larder.Memory.Table;

/// <summary>Strings compared ordinally.</summary>
internal readonly struct StringKeys(SeededHash hash) : IKeyRules<string>
{
    private readonly SeededHash _hash = hash;

    public bool TakesSpans => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Hash(string key) => _hash.Of(key.AsSpan());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool AreEqual(string one, string other) => string.Equals(one, other);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Hash(ReadOnlySpan<char> key) => _hash.Of(key);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool AreEqual(ReadOnlySpan<char> one, string other) => one.SequenceEqual(other);

    public string Create(ReadOnlySpan<char> key) => key.ToString();
}
