namespace Larder.Memory.Table;

/// <summary>How keys are hashed and compared. Implemented by structs, so that the look-up is compiled for each kind of key.</summary>
internal interface IKeyRules<TKey>
{
    int Hash(TKey key);

    bool AreEqual(TKey one, TKey other);

    /// <summary>True when keys can be looked up by a span of characters.</summary>
    bool TakesSpans { get; }

    /// <summary>The hash of the key that these characters spell.</summary>
    int Hash(ReadOnlySpan<char> key);

    bool AreEqual(ReadOnlySpan<char> one, TKey other);

    /// <summary>The key that these characters spell.</summary>
    TKey Create(ReadOnlySpan<char> key);
}
