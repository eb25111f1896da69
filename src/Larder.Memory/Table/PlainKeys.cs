using System.Runtime.CompilerServices;

namespace Larder.Memory.Table;

/// <summary>Keys compared by their type's own equality.</summary>
internal readonly struct PlainKeys<TKey>(SeededHash hash) : IKeyRules<TKey>
    where TKey : notnull
{
    private readonly SeededHash _hash = hash;

    public bool TakesSpans => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Hash(TKey key) => _hash.Of(key.GetHashCode());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool AreEqual(TKey one, TKey other) => EqualityComparer<TKey>.Default.Equals(one, other);

    public int Hash(ReadOnlySpan<char> key) => throw new NotSupportedException();

    public bool AreEqual(ReadOnlySpan<char> one, TKey other) => throw new NotSupportedException();

    public TKey Create(ReadOnlySpan<char> key) => throw new NotSupportedException();
}
