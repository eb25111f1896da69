using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Larder.Ports;
using Larder.Tiers;

namespace Larder;

/// <summary>
/// A cache in front of a slow source. Two promises: once <see cref="RemoveAsync(string, CancellationToken)"/> has
/// completed, the old value is never served to a call that began after it; and a hit costs about what a dictionary
/// look-up costs, and allocates nothing.
/// </summary>
/// <remarks>
/// <para>All members may be called by any number of threads at once.</para>
/// <para>
/// Keys are compared ordinally. They must not be empty, be longer than <see cref="CacheOptions.MaximumKeyLength"/>, or
/// hold control characters or half surrogate pairs; the same goes for tags, and the tag "*" is reserved for everything.
/// The verbs that read also take a key as a <see cref="ReadOnlySpan{T}"/> or as an interpolated string, so that a hit
/// builds no string.
/// </para>
/// <para>
/// Loads are shared: callers who ask for the same key while it is being loaded wait for the same load. A caller's
/// cancellation abandons only that caller. What the factory throws reaches all who wait for it, unchanged, and is
/// never cached; if an older value may still be served (<see cref="EntryOptions.FallbackFor"/>), it is served instead.
/// </para>
/// <para>
/// A factory runs in the execution context of the caller who started it; a refresh in the background runs in an empty
/// one. A factory that asks this cache for its own key gets a <see cref="RecursiveLoadException"/>.
/// </para>
/// <para>
/// The generic verbs are answered by this interface itself when the value is in memory, because a generic call through
/// an interface costs as much as the rest of a hit; everything else reaches the implementation through the protected
/// members. An implementation of one's own (a decorator, a test double) provides those, see
/// <see cref="ResolveCoreAsync{TState, T}(string, TState, Func{TState, EntryContext, CancellationToken, ValueTask{T}}, EntryOptions?, ReadOnlySpan{string}, CancellationToken)"/>.
/// </para>
/// <para>After disposal every member throws <see cref="ObjectDisposedException"/>.</para>
/// </remarks>
/// <example><code>
/// var product = await cache.GetOrCreateAsync($"product:{id}", id, static (id, cancellationToken) => LoadAsync(id, cancellationToken));
/// </code></example>
public interface ICache : IAsyncDisposable
{
    /// <summary>The name of the cache, "default" unless it was given another.</summary>
    string Name { get; }

    /// <summary>False when the cache was switched off (<see cref="CacheOptions.IsEnabled"/>): loads are still shared, but nothing is kept.</summary>
    bool IsEnabled { get; }

    /// <summary>What the cache has counted so far. Made anew by each call; costs nothing before.</summary>
    CacheStatistics Statistics { get; }

    /// <summary>Serves the value of the key, loading it when there is none that may be served.</summary>
    /// <typeparam name="T">The type of the value. One key has one type.</typeparam>
    /// <param name="key">The key.</param>
    /// <param name="factory">Loads the value. Its token is cancelled when the load is given up, not when this caller cancels.</param>
    /// <param name="options">Options of this call that win over the cache's, field by field; null for none.</param>
    /// <param name="tags">Tags of the entry, for <see cref="RemoveByTagAsync(string, CancellationToken)"/>. They count when this call loads.</param>
    /// <param name="cancellationToken">Ends this caller's waiting.</param>
    /// <returns>The value; the default of <typeparamref name="T"/> when the source said that there is no such thing.</returns>
    /// <exception cref="ArgumentException">The key, a tag or an option is not acceptable.</exception>
    /// <exception cref="SourceTimeoutException">The source did not answer in time, and there is nothing to fall back on.</exception>
    /// <exception cref="ValueTypeMismatchException">The key holds a value of another type.</exception>
    /// <exception cref="RecursiveLoadException">The call was made by the factory that loads this very key.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    sealed ValueTask<T> GetOrCreateAsync<T>(
        string key,
        Func<CancellationToken, ValueTask<T>> factory,
        EntryOptions? options = null,
        scoped ReadOnlySpan<string> tags = default,
        CancellationToken cancellationToken = default) =>
        Hit is { } hit && hit.TryGet(key, options, out T? value)
            ? new ValueTask<T>(value!)
            : GetOrCreateCoreAsync(key, factory, options, tags, cancellationToken);

    /// <inheritdoc cref="GetOrCreateAsync{T}(string, Func{CancellationToken, ValueTask{T}}, EntryOptions?, ReadOnlySpan{string}, CancellationToken)"/>
    sealed ValueTask<T> GetOrCreateAsync<T>(
        ReadOnlySpan<char> key,
        Func<CancellationToken, ValueTask<T>> factory,
        EntryOptions? options = null,
        scoped ReadOnlySpan<string> tags = default,
        CancellationToken cancellationToken = default) =>
        Hit is { } hit && hit.TryGet(key, options, out T? value)
            ? new ValueTask<T>(value!)
            : GetOrCreateCoreAsync(key.ToString(), factory, options, tags, cancellationToken);

    /// <inheritdoc cref="GetOrCreateAsync{T}(string, Func{CancellationToken, ValueTask{T}}, EntryOptions?, ReadOnlySpan{string}, CancellationToken)"/>
    sealed ValueTask<T> GetOrCreateAsync<T>(
        ref DefaultInterpolatedStringHandler key,
        Func<CancellationToken, ValueTask<T>> factory,
        EntryOptions? options = null,
        scoped ReadOnlySpan<string> tags = default,
        CancellationToken cancellationToken = default) =>
        Hit is { } hit && hit.TryGet(ref key, options, out T? value)
            ? new ValueTask<T>(value!)
            : GetOrCreateCoreAsync(key.ToStringAndClear(), factory, options, tags, cancellationToken);

    /// <summary>Serves the value of the key, loading it when needed, with state handed to a factory that captures nothing.</summary>
    /// <typeparam name="TState">The type of the state.</typeparam>
    /// <typeparam name="T">The type of the value. One key has one type.</typeparam>
    /// <param name="key">The key.</param>
    /// <param name="state">What the factory needs; kept until the load, or the refresh, that it starts has ended.</param>
    /// <param name="factory">Loads the value from the state. Its token is cancelled when the load is given up, not when this caller cancels.</param>
    /// <param name="options">Options of this call that win over the cache's, field by field; null for none.</param>
    /// <param name="tags">Tags of the entry, for <see cref="RemoveByTagAsync(string, CancellationToken)"/>. They count when this call loads.</param>
    /// <param name="cancellationToken">Ends this caller's waiting.</param>
    /// <returns>The value; the default of <typeparamref name="T"/> when the source said that there is no such thing.</returns>
    /// <exception cref="ArgumentException">The key, a tag or an option is not acceptable.</exception>
    /// <exception cref="SourceTimeoutException">The source did not answer in time, and there is nothing to fall back on.</exception>
    /// <exception cref="ValueTypeMismatchException">The key holds a value of another type.</exception>
    /// <exception cref="RecursiveLoadException">The call was made by the factory that loads this very key.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    sealed ValueTask<T> GetOrCreateAsync<TState, T>(
        string key,
        TState state,
        Func<TState, CancellationToken, ValueTask<T>> factory,
        EntryOptions? options = null,
        scoped ReadOnlySpan<string> tags = default,
        CancellationToken cancellationToken = default) =>
        Hit is { } hit && hit.TryGet(key, options, out T? value)
            ? new ValueTask<T>(value!)
            : GetOrCreateCoreAsync(key, state, factory, options, tags, cancellationToken);

    /// <inheritdoc cref="GetOrCreateAsync{TState, T}(string, TState, Func{TState, CancellationToken, ValueTask{T}}, EntryOptions?, ReadOnlySpan{string}, CancellationToken)"/>
    sealed ValueTask<T> GetOrCreateAsync<TState, T>(
        ReadOnlySpan<char> key,
        TState state,
        Func<TState, CancellationToken, ValueTask<T>> factory,
        EntryOptions? options = null,
        scoped ReadOnlySpan<string> tags = default,
        CancellationToken cancellationToken = default) =>
        Hit is { } hit && hit.TryGet(key, options, out T? value)
            ? new ValueTask<T>(value!)
            : GetOrCreateCoreAsync(key.ToString(), state, factory, options, tags, cancellationToken);

    /// <inheritdoc cref="GetOrCreateAsync{TState, T}(string, TState, Func{TState, CancellationToken, ValueTask{T}}, EntryOptions?, ReadOnlySpan{string}, CancellationToken)"/>
    sealed ValueTask<T> GetOrCreateAsync<TState, T>(
        ref DefaultInterpolatedStringHandler key,
        TState state,
        Func<TState, CancellationToken, ValueTask<T>> factory,
        EntryOptions? options = null,
        scoped ReadOnlySpan<string> tags = default,
        CancellationToken cancellationToken = default) =>
        Hit is { } hit && hit.TryGet(ref key, options, out T? value)
            ? new ValueTask<T>(value!)
            : GetOrCreateCoreAsync(key.ToStringAndClear(), state, factory, options, tags, cancellationToken);

    /// <summary>
    /// Serves the value of the key, loading it when needed, with a factory that also takes the entry's context: it may
    /// change options, add tags, answer "not found", or confirm an older value.
    /// </summary>
    /// <inheritdoc cref="GetOrCreateAsync{TState, T}(string, TState, Func{TState, CancellationToken, ValueTask{T}}, EntryOptions?, ReadOnlySpan{string}, CancellationToken)"/>
    sealed ValueTask<T> GetOrCreateAsync<TState, T>(
        string key,
        TState state,
        Func<TState, EntryContext, CancellationToken, ValueTask<T>> factory,
        EntryOptions? options = null,
        scoped ReadOnlySpan<string> tags = default,
        CancellationToken cancellationToken = default) =>
        Hit is { } hit && hit.TryGet(key, options, out T? value)
            ? new ValueTask<T>(value!)
            : GetOrCreateCoreAsync(key, state, factory, options, tags, cancellationToken);

    /// <inheritdoc cref="GetOrCreateAsync{TState, T}(string, TState, Func{TState, EntryContext, CancellationToken, ValueTask{T}}, EntryOptions?, ReadOnlySpan{string}, CancellationToken)"/>
    sealed ValueTask<T> GetOrCreateAsync<TState, T>(
        ReadOnlySpan<char> key,
        TState state,
        Func<TState, EntryContext, CancellationToken, ValueTask<T>> factory,
        EntryOptions? options = null,
        scoped ReadOnlySpan<string> tags = default,
        CancellationToken cancellationToken = default) =>
        Hit is { } hit && hit.TryGet(key, options, out T? value)
            ? new ValueTask<T>(value!)
            : GetOrCreateCoreAsync(key.ToString(), state, factory, options, tags, cancellationToken);

    /// <inheritdoc cref="GetOrCreateAsync{TState, T}(string, TState, Func{TState, EntryContext, CancellationToken, ValueTask{T}}, EntryOptions?, ReadOnlySpan{string}, CancellationToken)"/>
    sealed ValueTask<T> GetOrCreateAsync<TState, T>(
        ref DefaultInterpolatedStringHandler key,
        TState state,
        Func<TState, EntryContext, CancellationToken, ValueTask<T>> factory,
        EntryOptions? options = null,
        scoped ReadOnlySpan<string> tags = default,
        CancellationToken cancellationToken = default) =>
        Hit is { } hit && hit.TryGet(ref key, options, out T? value)
            ? new ValueTask<T>(value!)
            : GetOrCreateCoreAsync(key.ToStringAndClear(), state, factory, options, tags, cancellationToken);

    /// <summary>
    /// Serves the value of the key, loading it when needed, with a factory that gets a service scope of its own, made
    /// for this load and disposed after it: a DbContext in it is alive even in a refresh that outlives the request.
    /// </summary>
    /// <exception cref="InvalidOperationException">The cache was not made by dependency injection, so it knows no services.</exception>
    /// <inheritdoc cref="GetOrCreateAsync{T}(string, Func{CancellationToken, ValueTask{T}}, EntryOptions?, ReadOnlySpan{string}, CancellationToken)"/>
    ValueTask<T> GetOrCreateScopedAsync<T>(
        string key,
        Func<IServiceProvider, CancellationToken, ValueTask<T>> factory,
        EntryOptions? options = null,
        scoped ReadOnlySpan<string> tags = default,
        CancellationToken cancellationToken = default);

    /// <summary>Serves the value of the key, loading it when needed, with a factory that gets a service scope of its own and state.</summary>
    /// <typeparam name="TState">The type of the state.</typeparam>
    /// <typeparam name="T">The type of the value. One key has one type.</typeparam>
    /// <param name="key">The key.</param>
    /// <param name="state">What the factory needs; kept until the load, or the refresh, that it starts has ended.</param>
    /// <param name="factory">Loads the value from the state and the services. Its token is cancelled when the load is given up, not when this caller cancels.</param>
    /// <param name="options">Options of this call that win over the cache's, field by field; null for none.</param>
    /// <param name="tags">Tags of the entry, for <see cref="RemoveByTagAsync(string, CancellationToken)"/>. They count when this call loads.</param>
    /// <param name="cancellationToken">Ends this caller's waiting.</param>
    /// <returns>The value; the default of <typeparamref name="T"/> when the source said that there is no such thing.</returns>
    /// <exception cref="ArgumentException">The key, a tag or an option is not acceptable.</exception>
    /// <exception cref="SourceTimeoutException">The source did not answer in time, and there is nothing to fall back on.</exception>
    /// <exception cref="ValueTypeMismatchException">The key holds a value of another type.</exception>
    /// <exception cref="RecursiveLoadException">The call was made by the factory that loads this very key.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    /// <exception cref="InvalidOperationException">The cache was not made by dependency injection, so it knows no services.</exception>
    ValueTask<T> GetOrCreateScopedAsync<TState, T>(
        string key,
        TState state,
        Func<TState, IServiceProvider, CancellationToken, ValueTask<T>> factory,
        EntryOptions? options = null,
        scoped ReadOnlySpan<string> tags = default,
        CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GetOrCreateScopedAsync{TState, T}(string, TState, Func{TState, IServiceProvider, CancellationToken, ValueTask{T}}, EntryOptions?, ReadOnlySpan{string}, CancellationToken)"/>
    ValueTask<T> GetOrCreateScopedAsync<TState, T>(
        string key,
        TState state,
        Func<TState, IServiceProvider, EntryContext, CancellationToken, ValueTask<T>> factory,
        EntryOptions? options = null,
        scoped ReadOnlySpan<string> tags = default,
        CancellationToken cancellationToken = default);

    /// <summary>As GetOrCreateAsync, and tells how the answer was found: status, tier, age, remaining freshness, and "not found".</summary>
    /// <returns>The answer.</returns>
    /// <inheritdoc cref="GetOrCreateAsync{T}(string, Func{CancellationToken, ValueTask{T}}, EntryOptions?, ReadOnlySpan{string}, CancellationToken)"/>
    sealed ValueTask<CacheResult<T>> ResolveAsync<T>(
        string key,
        Func<CancellationToken, ValueTask<T>> factory,
        EntryOptions? options = null,
        scoped ReadOnlySpan<string> tags = default,
        CancellationToken cancellationToken = default) =>
        Hit is { } hit && hit.TryResolve(key, options, out CacheResult<T> result)
            ? new ValueTask<CacheResult<T>>(result)
            : ResolveCoreAsync(key, factory, options, tags, cancellationToken);

    /// <inheritdoc cref="ResolveAsync{T}(string, Func{CancellationToken, ValueTask{T}}, EntryOptions?, ReadOnlySpan{string}, CancellationToken)"/>
    sealed ValueTask<CacheResult<T>> ResolveAsync<T>(
        ReadOnlySpan<char> key,
        Func<CancellationToken, ValueTask<T>> factory,
        EntryOptions? options = null,
        scoped ReadOnlySpan<string> tags = default,
        CancellationToken cancellationToken = default) =>
        Hit is { } hit && hit.TryResolve(key, options, out CacheResult<T> result)
            ? new ValueTask<CacheResult<T>>(result)
            : ResolveCoreAsync(key.ToString(), factory, options, tags, cancellationToken);

    /// <inheritdoc cref="ResolveAsync{T}(string, Func{CancellationToken, ValueTask{T}}, EntryOptions?, ReadOnlySpan{string}, CancellationToken)"/>
    sealed ValueTask<CacheResult<T>> ResolveAsync<T>(
        ref DefaultInterpolatedStringHandler key,
        Func<CancellationToken, ValueTask<T>> factory,
        EntryOptions? options = null,
        scoped ReadOnlySpan<string> tags = default,
        CancellationToken cancellationToken = default) =>
        Hit is { } hit && hit.TryResolve(ref key, options, out CacheResult<T> result)
            ? new ValueTask<CacheResult<T>>(result)
            : ResolveCoreAsync(key.ToStringAndClear(), factory, options, tags, cancellationToken);

    /// <summary>As GetOrCreateAsync with state, and tells how the answer was found: status, tier, age, remaining freshness, and "not found".</summary>
    /// <typeparam name="TState">The type of the state.</typeparam>
    /// <typeparam name="T">The type of the value. One key has one type.</typeparam>
    /// <param name="key">The key.</param>
    /// <param name="state">What the factory needs; kept until the load, or the refresh, that it starts has ended.</param>
    /// <param name="factory">Loads the value from the state. Its token is cancelled when the load is given up, not when this caller cancels.</param>
    /// <param name="options">Options of this call that win over the cache's, field by field; null for none.</param>
    /// <param name="tags">Tags of the entry, for <see cref="RemoveByTagAsync(string, CancellationToken)"/>. They count when this call loads.</param>
    /// <param name="cancellationToken">Ends this caller's waiting.</param>
    /// <returns>The answer.</returns>
    /// <exception cref="ArgumentException">The key, a tag or an option is not acceptable.</exception>
    /// <exception cref="SourceTimeoutException">The source did not answer in time, and there is nothing to fall back on.</exception>
    /// <exception cref="ValueTypeMismatchException">The key holds a value of another type.</exception>
    /// <exception cref="RecursiveLoadException">The call was made by the factory that loads this very key.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    sealed ValueTask<CacheResult<T>> ResolveAsync<TState, T>(
        string key,
        TState state,
        Func<TState, CancellationToken, ValueTask<T>> factory,
        EntryOptions? options = null,
        scoped ReadOnlySpan<string> tags = default,
        CancellationToken cancellationToken = default) =>
        Hit is { } hit && hit.TryResolve(key, options, out CacheResult<T> result)
            ? new ValueTask<CacheResult<T>>(result)
            : ResolveCoreAsync(key, state, factory, options, tags, cancellationToken);

    /// <inheritdoc cref="ResolveAsync{TState, T}(string, TState, Func{TState, CancellationToken, ValueTask{T}}, EntryOptions?, ReadOnlySpan{string}, CancellationToken)"/>
    sealed ValueTask<CacheResult<T>> ResolveAsync<TState, T>(
        ReadOnlySpan<char> key,
        TState state,
        Func<TState, CancellationToken, ValueTask<T>> factory,
        EntryOptions? options = null,
        scoped ReadOnlySpan<string> tags = default,
        CancellationToken cancellationToken = default) =>
        Hit is { } hit && hit.TryResolve(key, options, out CacheResult<T> result)
            ? new ValueTask<CacheResult<T>>(result)
            : ResolveCoreAsync(key.ToString(), state, factory, options, tags, cancellationToken);

    /// <inheritdoc cref="ResolveAsync{TState, T}(string, TState, Func{TState, CancellationToken, ValueTask{T}}, EntryOptions?, ReadOnlySpan{string}, CancellationToken)"/>
    sealed ValueTask<CacheResult<T>> ResolveAsync<TState, T>(
        ref DefaultInterpolatedStringHandler key,
        TState state,
        Func<TState, CancellationToken, ValueTask<T>> factory,
        EntryOptions? options = null,
        scoped ReadOnlySpan<string> tags = default,
        CancellationToken cancellationToken = default) =>
        Hit is { } hit && hit.TryResolve(ref key, options, out CacheResult<T> result)
            ? new ValueTask<CacheResult<T>>(result)
            : ResolveCoreAsync(key.ToStringAndClear(), state, factory, options, tags, cancellationToken);

    /// <inheritdoc cref="ResolveAsync{TState, T}(string, TState, Func{TState, CancellationToken, ValueTask{T}}, EntryOptions?, ReadOnlySpan{string}, CancellationToken)"/>
    sealed ValueTask<CacheResult<T>> ResolveAsync<TState, T>(
        string key,
        TState state,
        Func<TState, EntryContext, CancellationToken, ValueTask<T>> factory,
        EntryOptions? options = null,
        scoped ReadOnlySpan<string> tags = default,
        CancellationToken cancellationToken = default) =>
        Hit is { } hit && hit.TryResolve(key, options, out CacheResult<T> result)
            ? new ValueTask<CacheResult<T>>(result)
            : ResolveCoreAsync(key, state, factory, options, tags, cancellationToken);

    /// <inheritdoc cref="ResolveAsync{TState, T}(string, TState, Func{TState, CancellationToken, ValueTask{T}}, EntryOptions?, ReadOnlySpan{string}, CancellationToken)"/>
    sealed ValueTask<CacheResult<T>> ResolveAsync<TState, T>(
        ReadOnlySpan<char> key,
        TState state,
        Func<TState, EntryContext, CancellationToken, ValueTask<T>> factory,
        EntryOptions? options = null,
        scoped ReadOnlySpan<string> tags = default,
        CancellationToken cancellationToken = default) =>
        Hit is { } hit && hit.TryResolve(key, options, out CacheResult<T> result)
            ? new ValueTask<CacheResult<T>>(result)
            : ResolveCoreAsync(key.ToString(), state, factory, options, tags, cancellationToken);

    /// <inheritdoc cref="ResolveAsync{TState, T}(string, TState, Func{TState, CancellationToken, ValueTask{T}}, EntryOptions?, ReadOnlySpan{string}, CancellationToken)"/>
    sealed ValueTask<CacheResult<T>> ResolveAsync<TState, T>(
        ref DefaultInterpolatedStringHandler key,
        TState state,
        Func<TState, EntryContext, CancellationToken, ValueTask<T>> factory,
        EntryOptions? options = null,
        scoped ReadOnlySpan<string> tags = default,
        CancellationToken cancellationToken = default) =>
        Hit is { } hit && hit.TryResolve(ref key, options, out CacheResult<T> result)
            ? new ValueTask<CacheResult<T>>(result)
            : ResolveCoreAsync(key.ToStringAndClear(), state, factory, options, tags, cancellationToken);

    /// <summary>Looks into memory, and nowhere else. Never waits, never starts a refresh.</summary>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="key">The key.</param>
    /// <param name="value">The value, or the default of <typeparamref name="T"/>.</param>
    /// <returns>True for a fresh or a stale value; false for an expired one, for a remembered "not found", and for nothing.</returns>
    /// <exception cref="ArgumentException">The key is not acceptable.</exception>
    /// <exception cref="ValueTypeMismatchException">The key holds a value of another type.</exception>
    sealed bool TryGet<T>(string key, [MaybeNullWhen(false)] out T value) =>
        (Hit is { } hit && hit.TryGet(key, options: null, out value!)) || TryGetCore(key, out value);

    /// <inheritdoc cref="TryGet{T}(string, out T)"/>
    sealed bool TryGet<T>(ReadOnlySpan<char> key, [MaybeNullWhen(false)] out T value) =>
        (Hit is { } hit && hit.TryGet(key, options: null, out value!)) || TryGetCore(key.ToString(), out value);

    /// <inheritdoc cref="TryGet{T}(string, out T)"/>
    sealed bool TryGet<T>(ref DefaultInterpolatedStringHandler key, [MaybeNullWhen(false)] out T value) =>
        (Hit is { } hit && hit.TryGet(ref key, options: null, out value!)) || TryGetCore(key.ToStringAndClear(), out value);

    /// <summary>Looks into all tiers, but never asks the source and never starts a refresh.</summary>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="key">The key.</param>
    /// <param name="options">
    /// Options of this call; <see cref="EntryOptions.Skip"/> and <see cref="EntryOptions.ServeExpired"/> matter here. Null for none.
    /// </param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>Hit, Stale, Expired (only with ServeExpired) or Absent; a remembered "not found" is a Hit without a value.</returns>
    /// <exception cref="ArgumentException">The key or an option is not acceptable.</exception>
    /// <exception cref="ValueTypeMismatchException">The key holds a value of another type.</exception>
    sealed ValueTask<CacheResult<T>> GetAsync<T>(string key, EntryOptions? options = null, CancellationToken cancellationToken = default) =>
        Hit is { } hit && hit.TryResolve(key, options, out CacheResult<T> result)
            ? new ValueTask<CacheResult<T>>(result)
            : GetCoreAsync<T>(key, options, cancellationToken);

    /// <inheritdoc cref="GetAsync{T}(string, EntryOptions?, CancellationToken)"/>
    sealed ValueTask<CacheResult<T>> GetAsync<T>(
        ReadOnlySpan<char> key, EntryOptions? options = null, CancellationToken cancellationToken = default) =>
        Hit is { } hit && hit.TryResolve(key, options, out CacheResult<T> result)
            ? new ValueTask<CacheResult<T>>(result)
            : GetCoreAsync<T>(key.ToString(), options, cancellationToken);

    /// <inheritdoc cref="GetAsync{T}(string, EntryOptions?, CancellationToken)"/>
    sealed ValueTask<CacheResult<T>> GetAsync<T>(
        ref DefaultInterpolatedStringHandler key, EntryOptions? options = null, CancellationToken cancellationToken = default) =>
        Hit is { } hit && hit.TryResolve(ref key, options, out CacheResult<T> result)
            ? new ValueTask<CacheResult<T>>(result)
            : GetCoreAsync<T>(key.ToStringAndClear(), options, cancellationToken);

    /// <summary>
    /// Stores a value. A load of the key that is running keeps its callers, but is stored no more; whoever asks from
    /// now on gets the new value.
    /// </summary>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="key">The key.</param>
    /// <param name="value">The value; null is an ordinary value.</param>
    /// <param name="options">Options of the entry; null for the cache's.</param>
    /// <param name="tags">Tags of the entry.</param>
    /// <param name="cancellationToken">Observed before the value is stored.</param>
    /// <returns>
    /// A task that ends when the value is stored. A value too large for the cache only removes the older one, and is counted. With <c>QueueRemovals</c> it also ends when the authority can not be reached:
    /// then the value is not stored, and the older one is removed or its removal queued.
    /// </returns>
    /// <exception cref="ArgumentException">The key, a tag or an option is not acceptable.</exception>
    /// <exception cref="TierUnavailableException">The authority, or what the value depends on, could not be reached, and removals are not queued; or other nodes could not be reached in time. The older value is gone here; below it may be there or not: repeat it.</exception>
    ValueTask SetAsync<T>(
        string key, T value, EntryOptions? options = null, scoped ReadOnlySpan<string> tags = default, CancellationToken cancellationToken = default);

    /// <summary>
    /// Serves the values of many keys, loading those that there are none of that may be served with one call of a loader. Each key is loaded, shared and detached by itself,
    /// as <see cref="GetOrCreateAsync{T}(string, Func{CancellationToken, ValueTask{T}}, EntryOptions?, ReadOnlySpan{string}, CancellationToken)"/> does it.
    /// </summary>
    /// <remarks>
    /// <para>
    /// The loader is asked for the keys that nobody is loading, in the order given, each once; keys that somebody else is loading are waited for. What it leaves out does not exist: the
    /// older entry is removed, and the answer is remembered for <see cref="EntryOptions.NotFoundFor"/>. What it answers beyond the keys that it was asked for is ignored, because
    /// nothing has guarded it against a removal. A key that another node was loading and gave up gets a call of the loader for itself.
    /// </para>
    /// <para>
    /// Stale values are served at once; one call of the loader in the background refreshes all of them that memory had, and one those that a lower tier had. Such a call counts as one
    /// of <see cref="CacheOptions.MaxConcurrentRefreshes"/>.
    /// </para>
    /// </remarks>
    /// <typeparam name="T">The type of the values. Name it when the loader is a lambda: the compiler can not tell it from one that answers a Dictionary.</typeparam>
    /// <param name="keys">The keys. Read once, and all checked before the first is loaded; duplicates are left out.</param>
    /// <param name="loader">
    /// Loads the values of the keys that it is given. Its token is cancelled when the load is given up for all of them, not when this caller cancels. Its dictionary is only read, and
    /// by its own comparer.
    /// </param>
    /// <param name="options">Options of this call that win over the cache's, field by field; null for none.</param>
    /// <param name="tags">Tags of the entries that this call loads.</param>
    /// <param name="cancellationToken">Ends this caller's waiting.</param>
    /// <returns>The values by key, in the order of the keys. Keys that the source does not have are left out.</returns>
    /// <exception cref="ArgumentException">A key, a tag or an option is not acceptable.</exception>
    /// <exception cref="BulkLoadException">
    /// Keys could not be loaded, and there is nothing to fall back on; it carries the cause of each, and what was found. Thrown after all others have come to their end.
    /// </exception>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    /// <example><code>
    /// var products = await cache.GetOrCreateManyAsync&lt;Product&gt;(["product:1", "product:2"], static async (keys, token) => await Shop.FindManyAsync(keys, token));
    /// </code></example>
    ValueTask<IReadOnlyDictionary<string, T>> GetOrCreateManyAsync<T>(
        IEnumerable<string> keys,
        Func<IReadOnlyList<string>, CancellationToken, ValueTask<IReadOnlyDictionary<string, T>>> loader,
        EntryOptions? options = null, scoped ReadOnlySpan<string> tags = default, CancellationToken cancellationToken = default) =>
        GetOrCreateManyAsync(keys, loader, static (load, some, token) => load(some, token), options, tags, cancellationToken);

    /// <summary>Serves the values of many keys, loading what is needed, with state handed to a loader that captures nothing.</summary>
    /// <typeparam name="TState">The type of the state.</typeparam>
    /// <typeparam name="T">The type of the values.</typeparam>
    /// <param name="keys">The keys. Read once, and all checked before the first is loaded; duplicates are left out.</param>
    /// <param name="state">What the loader needs; kept until the load, or the refresh, that it starts has ended.</param>
    /// <param name="loader">Loads the values of the keys that it is given, from the state.</param>
    /// <param name="options">Options of this call that win over the cache's, field by field; null for none.</param>
    /// <param name="tags">Tags of the entries that this call loads.</param>
    /// <param name="cancellationToken">Ends this caller's waiting.</param>
    /// <inheritdoc cref="GetOrCreateManyAsync{T}(IEnumerable{string}, Func{IReadOnlyList{string}, CancellationToken, ValueTask{IReadOnlyDictionary{string, T}}}, EntryOptions?, ReadOnlySpan{string}, CancellationToken)"/>
    ValueTask<IReadOnlyDictionary<string, T>> GetOrCreateManyAsync<TState, T>(
        IEnumerable<string> keys, TState state,
        Func<TState, IReadOnlyList<string>, CancellationToken, ValueTask<IReadOnlyDictionary<string, T>>> loader,
        EntryOptions? options = null, scoped ReadOnlySpan<string> tags = default, CancellationToken cancellationToken = default);

    /// <summary>Looks many keys up in all tiers, but never asks the source and never starts a refresh. The authority is asked once for all that memory does not have.</summary>
    /// <typeparam name="T">The type of the values.</typeparam>
    /// <param name="keys">The keys. Read once; duplicates are left out.</param>
    /// <param name="options">As for <see cref="GetAsync{T}(string, EntryOptions?, CancellationToken)"/>. Null for none.</param>
    /// <param name="cancellationToken">Observed before the look-up.</param>
    /// <returns>A result for every key, in the order of the keys: absent when there is nothing, a Hit without a value for a remembered "not found".</returns>
    /// <exception cref="ArgumentException">A key or an option is not acceptable.</exception>
    /// <exception cref="ValueTypeMismatchException">A key holds a value of another type.</exception>
    /// <example><code>
    /// var known = await cache.GetManyAsync&lt;Product&gt;(["product:1", "product:2"]);
    /// var isKnown = known["product:2"].HasValue;
    /// </code></example>
    ValueTask<IReadOnlyDictionary<string, CacheResult<T>>> GetManyAsync<T>(
        IEnumerable<string> keys, EntryOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Stores many values, each as <see cref="SetAsync"/> does, and waits for other nodes once.</summary>
    /// <typeparam name="T">The type of the values.</typeparam>
    /// <param name="items">The values by key. Read once, and all keys checked before the first is stored; of several values for one key the last counts.</param>
    /// <param name="options">Options of the entries; null for the cache's.</param>
    /// <param name="tags">Tags of all the entries.</param>
    /// <param name="cancellationToken">Observed before the first value is stored; afterwards it stops the waiting, not the writing.</param>
    /// <returns>A task that ends when all values are stored. They are not one transaction: others may see some of them earlier.</returns>
    /// <exception cref="ArgumentException">A key, a tag or an option is not acceptable; nothing was stored.</exception>
    /// <exception cref="TierUnavailableException">Some values could not be told to the authority; the others are stored.</exception>
    /// <example><code>
    /// await cache.SetManyAsync(new Dictionary&lt;string, int&gt; { ["stock:1"] = 7, ["stock:2"] = 0 });
    /// </code></example>
    ValueTask SetManyAsync<T>(
        IEnumerable<KeyValuePair<string, T>> items, EntryOptions? options = null, scoped ReadOnlySpan<string> tags = default, CancellationToken cancellationToken = default);

    /// <summary>True when there is a fresh or a stale value. A remembered "not found" is not a value.</summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>Whether a look-up would find a value now.</returns>
    /// <exception cref="ArgumentException">The key is not acceptable.</exception>
    ValueTask<bool> ExistsAsync(string key, CancellationToken cancellationToken = default);

    /// <summary>How long the value is still kept, its stale and fallback time included.</summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>The time that is left; null when there is no value.</returns>
    /// <exception cref="ArgumentException">The key is not acceptable.</exception>
    ValueTask<TimeSpan?> GetTimeToLiveAsync(string key, CancellationToken cancellationToken = default);

    /// <summary>
    /// Removes a key. Once this has completed, no call that begins afterwards is served the old value: not from memory,
    /// not by a load or refresh that was already running, not as a fallback.
    /// </summary>
    /// <param name="key">The key. It need not be there.</param>
    /// <param name="cancellationToken">Stops the waiting, not the removal: this process's part is done before the first wait.</param>
    /// <returns><see cref="RemovalOutcome.Done"/> unless a lower tier could not be told.</returns>
    /// <exception cref="ArgumentException">The key is not acceptable.</exception>
    ValueTask<RemovalOutcome> RemoveAsync(string key, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="RemoveAsync(string, CancellationToken)"/>
    ValueTask<RemovalOutcome> RemoveAsync(ReadOnlySpan<char> key, CancellationToken cancellationToken = default) =>
        RemoveAsync(key.ToString(), cancellationToken);

    /// <inheritdoc cref="RemoveAsync(string, CancellationToken)"/>
    ValueTask<RemovalOutcome> RemoveAsync(ref DefaultInterpolatedStringHandler key, CancellationToken cancellationToken = default) =>
        RemoveAsync(key.ToStringAndClear(), cancellationToken);

    /// <summary>Removes several keys, as <see cref="RemoveAsync(string, CancellationToken)"/> does each.</summary>
    /// <param name="keys">The keys. All are checked before the first is removed.</param>
    /// <param name="cancellationToken">Stops the waiting, not the removal.</param>
    /// <returns><see cref="RemovalOutcome.Done"/> when every removal is.</returns>
    /// <exception cref="ArgumentException">A key is not acceptable; nothing was removed.</exception>
    ValueTask<RemovalOutcome> RemoveAsync(IEnumerable<string> keys, CancellationToken cancellationToken = default);

    /// <summary>
    /// Removes every entry that carries the tag, in time that does not depend on their number, with the promise of
    /// <see cref="RemoveAsync(string, CancellationToken)"/>.
    /// </summary>
    /// <param name="tag">The tag; "*" clears the cache.</param>
    /// <param name="cancellationToken">Stops the waiting, not the removal.</param>
    /// <returns><see cref="RemovalOutcome.Done"/> unless a lower tier could not be told.</returns>
    /// <exception cref="ArgumentException">The tag is not acceptable.</exception>
    ValueTask<RemovalOutcome> RemoveByTagAsync(string tag, CancellationToken cancellationToken = default);

    /// <summary>Removes every entry that carries any of the tags.</summary>
    /// <param name="tags">The tags. All are checked before the first is removed.</param>
    /// <param name="cancellationToken">Stops the waiting, not the removal.</param>
    /// <returns><see cref="RemovalOutcome.Done"/> when every removal is.</returns>
    /// <exception cref="ArgumentException">A tag is not acceptable; nothing was removed.</exception>
    ValueTask<RemovalOutcome> RemoveByTagAsync(IEnumerable<string> tags, CancellationToken cancellationToken = default);

    /// <summary>Removes everything in this cache, numbers included, with the promise of <see cref="RemoveAsync(string, CancellationToken)"/>. Other named caches keep theirs.</summary>
    /// <param name="cancellationToken">Stops the waiting, not the removal.</param>
    /// <returns><see cref="RemovalOutcome.Done"/> unless a lower tier could not be told.</returns>
    ValueTask<RemovalOutcome> ClearAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Ends the freshness of a key now: its stale and fallback times run from now, so that it is served stale while it
    /// is refreshed, or kept as a last resort. Without such times it is removed. A running load is stored no more.
    /// </summary>
    /// <param name="key">The key. It need not be there.</param>
    /// <param name="cancellationToken">Stops the waiting, not the expiration.</param>
    /// <returns><see cref="RemovalOutcome.Done"/> unless a lower tier could not be told.</returns>
    /// <exception cref="ArgumentException">The key is not acceptable.</exception>
    ValueTask<RemovalOutcome> ExpireAsync(string key, CancellationToken cancellationToken = default);

    /// <summary>
    /// Keeps a key from being stored while its writer commits to a database: call it before the commit, and remove the key behind it. What the key holds is removed, as by
    /// <see cref="RemoveAsync(string, CancellationToken)"/>; until the hold ends readers load from the source, one load in each process for all who wait, and nothing of it is stored, by no node.
    /// </summary>
    /// <remarks>
    /// <para>
    /// It is for writers that may die between commit and removal: no old value can have been stored meanwhile, so none outlives the hold. It ends by itself, with a removal of the key, or with a Set, which is
    /// stored. A later hold takes the place of an earlier one. Clear and removals of tags leave it. Meanwhile snapshots are <see cref="Fence.IsNone"/>, SetIfUnchanged is fenced off, IncrementAsync throws, and
    /// AddTags and Expire find nothing.
    /// </para>
    /// <para>The feed of removals is told of the removal that follows, not of the hold.</para>
    /// </remarks>
    /// <param name="key">The key. It need not be there.</param>
    /// <param name="holdFor">How long, unless the key is removed before: from a millisecond to a day. More than commit and removal need, in the worst case.</param>
    /// <param name="cancellationToken">Stops the waiting, not the hold.</param>
    /// <returns>
    /// <see cref="RemovalOutcome.Done"/> when it holds on every node. <see cref="RemovalOutcome.Queued"/> when the authority could not be told: then a removal of the key is queued in its place, and other nodes may go on storing.
    /// </returns>
    /// <exception cref="ArgumentException">The key or the time is not acceptable.</exception>
    /// <exception cref="LarderException">The authority has no holds (<see cref="ITier.CanHold"/>).</exception>
    /// <exception cref="TierUnavailableException">The authority did not answer, or other nodes could not be reached in time; it holds or not. Do not commit, or commit and let stale values end by themselves.</exception>
    /// <example><code>
    /// await cache.HoldAsync("product:42", TimeSpan.FromSeconds(30));
    /// await database.CommitAsync();
    /// await cache.RemoveAsync("product:42");
    /// </code></example>
    ValueTask<RemovalOutcome> HoldAsync(string key, TimeSpan holdFor, CancellationToken cancellationToken = default);

    /// <summary>
    /// Adds tags to an entry that is there. A later removal of one of them removes the entry, as if it had been stored with them.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="tags">The tags; those that the entry carries already change nothing.</param>
    /// <param name="cancellationToken">Stops the waiting, not the change.</param>
    /// <returns>False when there is no entry.</returns>
    /// <exception cref="ArgumentException">The key or a tag is not acceptable.</exception>
    /// <exception cref="TierUnavailableException">The authority did not answer.</exception>
    ValueTask<bool> AddTagsAsync(string key, scoped ReadOnlySpan<string> tags, CancellationToken cancellationToken = default);

    /// <summary>
    /// Adds to a 64-bit number, atomically across all nodes. The number lives at the authority (in memory when that is all there is) and is never copied upwards: read it by adding zero.
    /// GetOrCreateAsync and the other reads of values pass it by, and store nothing under its key; a Set or a removal of the key ends it, and so does <see cref="ClearAsync"/>. It carries no tags.
    /// </summary>
    /// <param name="key">The key. A missing number counts as zero.</param>
    /// <param name="delta">What to add; may be negative or zero.</param>
    /// <param name="options">Options; of them <see cref="EntryOptions.FreshFor"/> counts: how long a number lives that is made by this call. An existing one keeps its time. Null for the cache's.</param>
    /// <param name="cancellationToken">Stops the waiting, not the increment.</param>
    /// <returns>The number after it.</returns>
    /// <exception cref="ArgumentException">The key or an option is not acceptable.</exception>
    /// <exception cref="OverflowException">The sum would leave the range; nothing was changed.</exception>
    /// <exception cref="LarderException">The key holds a value; nothing was changed.</exception>
    /// <exception cref="TierUnavailableException">The authority did not answer: the increment was made or not. It is never repeated by itself.</exception>
    ValueTask<long> IncrementAsync(string key, long delta = 1, EntryOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Remembers what a key is like now, to store later what was read from the source in between, if nobody has changed the key by then. For those who read the source themselves;
    /// <see cref="GetOrCreateAsync{T}(string, Func{CancellationToken, ValueTask{T}}, EntryOptions?, ReadOnlySpan{string}, CancellationToken)"/> does the same by itself.
    /// </summary>
    /// <param name="key">The key. It need not be there, and nobody has to wait because of the snapshot.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>The fence; <see cref="Fence.IsNone"/> when the authority could not be asked.</returns>
    /// <exception cref="ArgumentException">The key is not acceptable.</exception>
    /// <example><code>
    /// var fence = await cache.SnapshotAsync("product:42");
    /// var product = await Products.FindAsync(42);
    /// var outcome = await cache.SetIfUnchangedAsync("product:42", product, fence);
    /// </code></example>
    ValueTask<Fence> SnapshotAsync(string key, CancellationToken cancellationToken = default);

    /// <summary>Takes a snapshot of each key, as <see cref="SnapshotAsync"/> does.</summary>
    /// <param name="keys">The keys; one that is named twice counts once.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>The fences by key.</returns>
    /// <exception cref="ArgumentException">A key is not acceptable.</exception>
    ValueTask<IReadOnlyDictionary<string, Fence>> SnapshotManyAsync(IEnumerable<string> keys, CancellationToken cancellationToken = default) =>
        ForeignCache.SnapshotManyAsync(this, keys, cancellationToken);

    /// <summary>Stores a value if nobody has written, removed or expired the key, one of its tags or the cache since the snapshot.</summary>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="key">The key.</param>
    /// <param name="value">The value, read after the snapshot was taken.</param>
    /// <param name="fence">The snapshot, of this key and this cache. It is good for one store.</param>
    /// <param name="options">Options of the entry; null for the cache's.</param>
    /// <param name="tags">Tags of the entry. With tags, the removal of any tag of the cache since the snapshot counts.</param>
    /// <param name="cancellationToken">Stops the waiting, not the store.</param>
    /// <returns>What became of it. <see cref="StoreOutcome.FencedOff"/> is no error: whoever changed the key knew better. It may also be answered because of a change of another key.</returns>
    /// <exception cref="ArgumentException">The key, a tag or an option is not acceptable, or the fence is of another key or cache.</exception>
    ValueTask<StoreOutcome> SetIfUnchangedAsync<T>(
        string key,
        T value,
        Fence fence,
        EntryOptions? options = null,
        scoped ReadOnlySpan<string> tags = default,
        CancellationToken cancellationToken = default);

    /// <summary>Stores each value if its key is unchanged, each by itself, as <see cref="SetIfUnchangedAsync{T}"/> does.</summary>
    /// <typeparam name="T">The type of the values.</typeparam>
    /// <param name="items">The values by key.</param>
    /// <param name="fences">The snapshots, one for each key of <paramref name="items"/>.</param>
    /// <param name="options">Options of the entries; null for the cache's.</param>
    /// <param name="tags">Tags of the entries.</param>
    /// <param name="cancellationToken">Stops the waiting, not the stores.</param>
    /// <returns>The outcomes by key.</returns>
    /// <exception cref="ArgumentException">A key, a tag or an option is not acceptable, or a fence is missing or of another key or cache; then some may be stored.</exception>
    ValueTask<IReadOnlyDictionary<string, StoreOutcome>> SetManyIfUnchangedAsync<T>(
        IReadOnlyDictionary<string, T> items,
        IReadOnlyDictionary<string, Fence> fences,
        EntryOptions? options = null,
        string[]? tags = null,
        CancellationToken cancellationToken = default) =>
        ForeignCache.SetManyIfUnchangedAsync(this, items, fences, options, tags, cancellationToken);

    /// <summary>
    /// Takes a lock that all nodes of the cache see, if nobody has it. Does not wait for it. While the owner lives it is prolonged every third of its time; dispose it to give it back.
    /// </summary>
    /// <param name="name">The name, which obeys the rules of keys, in a space of its own beside them.</param>
    /// <param name="timeToLive">How long it lasts when its owner dies: from 100 milliseconds to a day. In memory alone owners do not die, and it lasts until it is disposed.</param>
    /// <param name="cancellationToken">Ends the waiting for the store.</param>
    /// <returns>The lock; null when somebody else has it.</returns>
    /// <remarks>
    /// A lock can be lost without its owner's doing: watch <see cref="CacheLock.Lost"/>, and let what is guarded refuse old <see cref="CacheLock.FencingNumber">numbers</see>. docs/locks.md says what a failover can
    /// lose.
    /// </remarks>
    /// <exception cref="ArgumentException">The name or the time is not acceptable.</exception>
    /// <exception cref="LarderException">The cache shares an authority that makes no locks; see <see cref="CacheOptions.Locks"/>.</exception>
    /// <exception cref="TierUnavailableException">The store of the locks did not answer in time. If it took the lock all the same, that ends by itself.</exception>
    /// <example><code>
    /// await using var held = await cache.TryLockAsync("nightly-report", TimeSpan.FromSeconds(30));
    /// if (held is not null)
    /// {
    ///     await Reports.WriteAsync(held.FencingNumber, held.Lost);
    /// }
    /// </code></example>
    ValueTask<CacheLock?> TryLockAsync(string name, TimeSpan timeToLive, CancellationToken cancellationToken = default);

    /// <summary>
    /// Tells a handler of every removal (of keys, expired ones included, of tags, and of everything) after it is
    /// complete, on this node and on the others: one at a time, in the order of each node, off the caller's path. A handler that falls far behind gets one
    /// <see cref="RemovalKind.Gap"/> in place of what it missed.
    /// </summary>
    /// <remarks>
    /// Other nodes are heard through <see cref="CacheOptions.RemovalChannel"/>; without one the feed has this process's removals alone. The first subscription makes it listen, and gets a gap when that has succeeded, as it does
    /// after every interruption. A removal may be told twice. Between a removal elsewhere and its message here is the time of the channel: the feed is for data that is derived from the cache, and not for coherence.
    /// </remarks>
    /// <param name="handler">Called for each removal; its token is cancelled when the subscription ends. What it throws is logged.</param>
    /// <returns>The subscription; disposing it ends it. A call of the handler that has begun may still be running then.</returns>
    IAsyncDisposable SubscribeRemovals(Func<Removal, CancellationToken, ValueTask> handler);

    /// <summary>
    /// Tells the feed, on every node, that keys count as removed, without touching the cache: for whoever changes what others have derived from keys that are kept elsewhere.
    /// </summary>
    /// <param name="keys">The keys, which obey the rules of keys. All are checked before the first is told.</param>
    /// <param name="cancellationToken">Ends the waiting for the channel; the keys are told all the same.</param>
    /// <returns>A task that ends when the channel to other nodes has taken them; at once without one.</returns>
    /// <exception cref="ArgumentException">A key is not acceptable; nothing was told.</exception>
    /// <exception cref="TierUnavailableException">The channel did not take them within <see cref="CacheOptions.TierTimeout"/>. They are told when it is there again, or a gap is.</exception>
    ValueTask PublishRemovalsAsync(IEnumerable<string> keys, CancellationToken cancellationToken = default);

    /// <summary>The same cache for one value type: with a key prefix, defaults, and a tag of its own that its ClearAsync removes.</summary>
    /// <typeparam name="T">The type of the values.</typeparam>
    /// <param name="keyPrefix">What its keys begin with in this cache; null for the name of the type with its namespace and a colon.</param>
    /// <param name="defaults">Options that win over the cache's; null for none.</param>
    /// <returns>A view of this cache. It is light, holds nothing of its own, and needs no disposal.</returns>
    /// <exception cref="ArgumentException">The prefix or an option is not acceptable.</exception>
    ICache<T> For<T>(string? keyPrefix = null, EntryOptions? defaults = null);

    /// <summary>The short cut to memory; null in implementations other than Larder's own.</summary>
    internal MemoryHit? Hit => null;

    /// <summary>
    /// Behind every GetOrCreateAsync and ResolveAsync that memory could not answer. An implementation of one's own
    /// provides this shape; the other shapes are turned into it unless they are provided too.
    /// </summary>
    /// <inheritdoc cref="ResolveAsync{TState, T}(string, TState, Func{TState, EntryContext, CancellationToken, ValueTask{T}}, EntryOptions?, ReadOnlySpan{string}, CancellationToken)"/>
    protected ValueTask<CacheResult<T>> ResolveCoreAsync<TState, T>(
        string key, TState state,
        Func<TState, EntryContext, CancellationToken, ValueTask<T>> factory,
        EntryOptions? options, scoped ReadOnlySpan<string> tags, CancellationToken cancellationToken);

    /// <summary>Behind ResolveAsync with state.</summary>
    /// <inheritdoc cref="ResolveAsync{TState, T}(string, TState, Func{TState, CancellationToken, ValueTask{T}}, EntryOptions?, ReadOnlySpan{string}, CancellationToken)"/>
    protected ValueTask<CacheResult<T>> ResolveCoreAsync<TState, T>(
        string key, TState state,
        Func<TState, CancellationToken, ValueTask<T>> factory,
        EntryOptions? options, scoped ReadOnlySpan<string> tags, CancellationToken cancellationToken) =>
        ResolveCoreAsync(key, (state, factory), static (s, _, token) => s.factory(s.state, token), options, tags, cancellationToken);

    /// <summary>Behind ResolveAsync without state.</summary>
    /// <inheritdoc cref="ResolveAsync{T}(string, Func{CancellationToken, ValueTask{T}}, EntryOptions?, ReadOnlySpan{string}, CancellationToken)"/>
    protected ValueTask<CacheResult<T>> ResolveCoreAsync<T>(
        string key, Func<CancellationToken, ValueTask<T>> factory,
        EntryOptions? options, scoped ReadOnlySpan<string> tags, CancellationToken cancellationToken) =>
        ResolveCoreAsync(key, factory, static (load, _, token) => load(token), options, tags, cancellationToken);

    /// <summary>Behind GetOrCreateAsync with a context.</summary>
    /// <inheritdoc cref="GetOrCreateAsync{TState, T}(string, TState, Func{TState, EntryContext, CancellationToken, ValueTask{T}}, EntryOptions?, ReadOnlySpan{string}, CancellationToken)"/>
    protected ValueTask<T> GetOrCreateCoreAsync<TState, T>(
        string key, TState state,
        Func<TState, EntryContext, CancellationToken, ValueTask<T>> factory,
        EntryOptions? options, scoped ReadOnlySpan<string> tags, CancellationToken cancellationToken) =>
        ForeignCache.ValueOfAsync(ResolveCoreAsync(key, state, factory, options, tags, cancellationToken));

    /// <summary>Behind GetOrCreateAsync with state.</summary>
    /// <inheritdoc cref="GetOrCreateAsync{TState, T}(string, TState, Func{TState, CancellationToken, ValueTask{T}}, EntryOptions?, ReadOnlySpan{string}, CancellationToken)"/>
    protected ValueTask<T> GetOrCreateCoreAsync<TState, T>(
        string key, TState state,
        Func<TState, CancellationToken, ValueTask<T>> factory,
        EntryOptions? options, scoped ReadOnlySpan<string> tags, CancellationToken cancellationToken) =>
        ForeignCache.ValueOfAsync(ResolveCoreAsync(key, state, factory, options, tags, cancellationToken));

    /// <summary>Behind GetOrCreateAsync without state.</summary>
    /// <inheritdoc cref="GetOrCreateAsync{T}(string, Func{CancellationToken, ValueTask{T}}, EntryOptions?, ReadOnlySpan{string}, CancellationToken)"/>
    protected ValueTask<T> GetOrCreateCoreAsync<T>(
        string key, Func<CancellationToken, ValueTask<T>> factory,
        EntryOptions? options, scoped ReadOnlySpan<string> tags, CancellationToken cancellationToken) =>
        ForeignCache.ValueOfAsync(ResolveCoreAsync(key, factory, options, tags, cancellationToken));

    /// <summary>Behind TryGet.</summary>
    /// <inheritdoc cref="TryGet{T}(string, out T)"/>
    protected bool TryGetCore<T>(string key, [MaybeNullWhen(false)] out T value);

    /// <summary>Behind GetAsync.</summary>
    /// <inheritdoc cref="GetAsync{T}(string, EntryOptions?, CancellationToken)"/>
    protected ValueTask<CacheResult<T>> GetCoreAsync<T>(string key, EntryOptions? options, CancellationToken cancellationToken);
}
