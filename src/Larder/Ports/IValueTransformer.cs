namespace Larder;

/// <summary>
/// Changes values of one type on their way into the cache and back: strip what need not be kept, protect a field,
/// keep a compact form. Register with <see cref="CacheOptions.AddTransformer{T}"/>.
/// </summary>
/// <typeparam name="T">The type that is asked for; values asked for as another type are not transformed.</typeparam>
/// <remarks>
/// <para>
/// What is stored, in every tier, is the transformed value, so <see cref="Restore"/> runs on every answer from the
/// cache: keep it cheap. The caller whose factory loaded the value, and those who joined that load, get what the
/// factory returned.
/// </para>
/// <para>
/// Both methods are called by many threads at once and must not block. If <see cref="Transform"/> throws, the value
/// is served but not stored; if <see cref="Restore"/> throws, the entry is dropped and the call is a miss. Both are logged.
/// </para>
/// </remarks>
public interface IValueTransformer<T>
{
    /// <summary>Makes the stored form.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">What the source or the caller of Set gave; may be null where the type allows it.</param>
    /// <returns>The stored form. Return a new instance rather than changing <paramref name="value"/>, which the caller also gets.</returns>
    T Transform(string key, T value);

    /// <summary>Makes the value that is handed out.</summary>
    /// <param name="key">The key.</param>
    /// <param name="stored">What <see cref="Transform"/> returned. It stays in the cache: do not change it.</param>
    /// <returns>The value for the caller.</returns>
    T Restore(string key, T stored);
}
