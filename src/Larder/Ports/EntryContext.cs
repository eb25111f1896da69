using System.Diagnostics.CodeAnalysis;

namespace Larder;

/// <summary>
/// What a factory can learn and say about the entry that it is loading. Given to the factories that take one; valid
/// until the factory's task has ended, and used by that factory alone (not thread-safe).
/// </summary>
/// <example><code>
/// var product = await cache.GetOrCreateAsync($"product:{id}", id, static async (id, entry, cancellationToken) =>
/// {
///     var found = await Products.FindAsync(id, cancellationToken);
///     if (found is null)
///     {
///         return entry.NotFound&lt;Product&gt;();
///     }
///
///     entry.AddTag($"supplier:{found.SupplierId}");
///     entry.Options.FreshFor = found.IsOnSale ? TimeSpan.FromSeconds(30) : TimeSpan.FromMinutes(10);
///     return found;
/// });
/// </code></example>
public abstract class EntryContext
{
    private protected EntryContext()
    {
    }

    /// <summary>The key that is being loaded.</summary>
    public abstract string Key { get; }

    /// <summary>True when the factory runs in the background while callers are served an older value.</summary>
    public abstract bool IsRefresh { get; }

    /// <summary>
    /// Options of this entry that win over all others. What is set here counts for storing (timeline, size,
    /// isolation, <see cref="CacheSkip.MemoryWrite"/>, <see cref="EntryOptions.FailureThrottle"/>); the timeouts of the
    /// running call are already fixed.
    /// </summary>
    public abstract EntryOptions Options { get; }

    /// <summary>What the source calls this version of the value, or null. Set it to have it kept with the entry.</summary>
    public abstract string? ETag { get; set; }

    /// <summary>When the source last changed the value, or null. Set it to have it kept with the entry.</summary>
    public abstract DateTimeOffset? LastModified { get; set; }

    /// <summary>True when there is an older value that <see cref="NotModified{T}"/> could confirm.</summary>
    public abstract bool HasStale { get; }

    /// <summary>
    /// Adds a tag to the entry. If any tag of the cache was removed since the load began, the value is served but not
    /// stored, because that removal may have meant this entry. Tags known beforehand are better given to the call.
    /// </summary>
    /// <param name="tag">The tag: not empty, no control characters, not "*".</param>
    /// <exception cref="ArgumentException">The tag is not acceptable.</exception>
    public abstract void AddTag(string tag);

    /// <summary>The older value that is still kept, if there is one of this type.</summary>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="value">The older value, or the default of <typeparamref name="T"/>.</param>
    /// <returns>True when there is one. Its <see cref="ETag"/> and <see cref="LastModified"/> stand in this context.</returns>
    public abstract bool TryGetStale<T>([MaybeNullWhen(false)] out T value);

    /// <summary>
    /// Says that there is no such thing. The older entry is removed, and the answer is remembered for
    /// <see cref="EntryOptions.NotFoundFor"/>. Callers of GetOrCreateAsync get the default of
    /// <typeparamref name="T"/>; those of ResolveAsync can tell.
    /// </summary>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <returns>The default of <typeparamref name="T"/>, to be returned by the factory.</returns>
    public abstract T NotFound<T>();

    /// <summary>Says that the value must not be kept. It is served to those who wait, and the older entry is removed.</summary>
    public abstract void DoNotStore();

    /// <summary>
    /// Says that the older value is still right. It is stored again with a new timeline, under the fences taken before
    /// this load, and its <see cref="ETag"/> and <see cref="LastModified"/> are kept.
    /// </summary>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <returns>The older value, to be returned by the factory.</returns>
    /// <exception cref="InvalidOperationException">There is no older value of this type; see <see cref="HasStale"/>.</exception>
    public abstract T NotModified<T>();
}
