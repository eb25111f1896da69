namespace Larder.Memory.Table;

/// <summary>How keys are hashed and compared. Implemented by structs, so that the look-up is compiled for each kind of key.</summary>
internal interface IKeyRules<TKey>
{
    public int Hash(TKey key);

    public bool AreEqual(TKey one, TKey other);

    /// <summary>True when keys can be looked up by a span of characters.</summary>
    public bool TakesSpans { get; }

    /// <summary>The hash of the key that these characters spell.</summary>
    public int Hash(ReadOnlySpan<char> key);

    public bool AreEqual(ReadOnlySpan<char> one, TKey other);

    /// <summary>The key that these characters spell.</summary>
    public TKey Create(ReadOnlySpan<char> key);
}
