namespace Larder.Memory.Table;

/// <summary>Keys compared by a comparer of the caller's; by span too, where the comparer can do that.</summary>
internal readonly struct ComparedKeys<TKey>(SeededHash hash, IEqualityComparer<TKey> comparer) : IKeyRules<TKey>
    where TKey : notnull
{
    private readonly SeededHash _hash = hash;
    private readonly IEqualityComparer<TKey> _comparer = comparer;
    private readonly IAlternateEqualityComparer<ReadOnlySpan<char>, TKey>? _spans =
        comparer as IAlternateEqualityComparer<ReadOnlySpan<char>, TKey>;

    public bool TakesSpans => _spans is not null;

    public int Hash(TKey key) => _hash.Of(_comparer.GetHashCode(key));

    public bool AreEqual(TKey one, TKey other) => _comparer.Equals(one, other);

    public int Hash(ReadOnlySpan<char> key) => _hash.Of(_spans!.GetHashCode(key));

    public bool AreEqual(ReadOnlySpan<char> one, TKey other) => _spans!.Equals(one, other);

    public TKey Create(ReadOnlySpan<char> key) => _spans!.Create(key);
}
