using System.Diagnostics.CodeAnalysis;

namespace Larder.Memory;

/// <summary>Look-ups in maps with string keys by characters that are not a string yet.</summary>
public static class MapExtensions
{
    /// <summary>Looks up the key that these characters spell. Counts as a use. Takes no lock and allocates nothing.</summary>
    /// <param name="map">A map whose comparer can compare spans, as the default one can.</param>
    /// <param name="key">The characters of the key.</param>
    /// <param name="value">The value; the type's default when there is none.</param>
    /// <returns>True when a live entry is there.</returns>
    /// <exception cref="NotSupportedException">The map's comparer cannot compare spans.</exception>
    public static bool TryGet<TValue>(this BoundedMap<string, TValue> map, ReadOnlySpan<char> key, [MaybeNullWhen(false)] out TValue value) =>
        map.TryGet(key, out _, out value);

    /// <summary>Looks up the key that these characters spell, and answers the string that is stored as the key too.</summary>
    /// <param name="map">A map whose comparer can compare spans, as the default one can.</param>
    /// <param name="key">The characters of the key.</param>
    /// <param name="storedKey">The key as it is stored; null when there is none.</param>
    /// <param name="value">The value; the type's default when there is none.</param>
    /// <returns>True when a live entry is there.</returns>
    /// <exception cref="NotSupportedException">The map's comparer cannot compare spans.</exception>
    public static bool TryGet<TValue>(
        this BoundedMap<string, TValue> map,
        ReadOnlySpan<char> key,
        [MaybeNullWhen(false)] out string storedKey,
        [MaybeNullWhen(false)] out TValue value)
    {
        ArgumentNullException.ThrowIfNull(map);
        if (!map.Table.TakesSpans)
        {
            throw new NotSupportedException(
                "The comparer of this map cannot compare spans; use an ordinal comparer, or one that implements IAlternateEqualityComparer<ReadOnlySpan<char>, string>.");
        }

        var node = map.Table.Find(key);
        if (node is not null && map.Keeper.Desk.Hit(node))
        {
            storedKey = node.Key;
            value = node.Value;
            return true;
        }

        map.Keeper.Desk.Miss();
        storedKey = null;
        value = default;
        return false;
    }
}
