using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Larder.Ports;

namespace Larder;

/// <summary>
/// The verbs of <see cref="ICache"/> for one value type, made by <see cref="ICache.For{T}"/> or by
/// <c>AddTypedCache</c>: keys get a prefix, entries get defaults of their own and a tag that
/// <see cref="ClearAsync"/> removes.
/// </summary>
/// <typeparam name="T">The type of the values.</typeparam>
/// <remarks>
/// A view: it holds nothing of its own, and everything said about <see cref="ICache"/> holds here. Keys are given
/// without the prefix; the length limit counts it. Thread-safe.
/// </remarks>
public interface ICache<T>
{
    /// <summary>The cache that this is a view of.</summary>
    ICache Cache { get; }

    /// <summary>What every key begins with in <see cref="Cache"/>.</summary>
    string KeyPrefix { get; }

    /// <inheritdoc cref="ICache.GetOrCreateAsync{T}(string, Func{CancellationToken, ValueTask{T}}, EntryOptions?, ReadOnlySpan{string}, CancellationToken)"/>
    ValueTask<T> GetOrCreateAsync(
        string key,
        Func<CancellationToken, ValueTask<T>> factory,
        EntryOptions? options = null,
        scoped ReadOnlySpan<string> tags = default,
        CancellationToken cancellationToken = default);

    /// <inheritdoc cref="ICache.GetOrCreateAsync{T}(string, Func{CancellationToken, ValueTask{T}}, EntryOptions?, ReadOnlySpan{string}, CancellationToken)"/>
    ValueTask<T> GetOrCreateAsync(
        ReadOnlySpan<char> key,
        Func<CancellationToken, ValueTask<T>> factory,
        EntryOptions? options = null,
        scoped ReadOnlySpan<string> tags = default,
        CancellationToken cancellationToken = default) =>
        GetOrCreateAsync(key.ToString(), factory, options, tags, cancellationToken);

    /// <inheritdoc cref="ICache.GetOrCreateAsync{T}(string, Func{CancellationToken, ValueTask{T}}, EntryOptions?, ReadOnlySpan{string}, CancellationToken)"/>
    ValueTask<T> GetOrCreateAsync(
        ref DefaultInterpolatedStringHandler key,
        Func<CancellationToken, ValueTask<T>> factory,
        EntryOptions? options = null,
        scoped ReadOnlySpan<string> tags = default,
        CancellationToken cancellationToken = default) =>
        GetOrCreateAsync(key.ToStringAndClear(), factory, options, tags, cancellationToken);

    /// <inheritdoc cref="ICache.GetOrCreateAsync{TState, T}(string, TState, Func{TState, CancellationToken, ValueTask{T}}, EntryOptions?, ReadOnlySpan{string}, CancellationToken)"/>
    ValueTask<T> GetOrCreateAsync<TState>(
        string key,
        TState state,
        Func<TState, CancellationToken, ValueTask<T>> factory,
        EntryOptions? options = null,
        scoped ReadOnlySpan<string> tags = default,
        CancellationToken cancellationToken = default);

    /// <inheritdoc cref="ICache.GetOrCreateAsync{TState, T}(string, TState, Func{TState, CancellationToken, ValueTask{T}}, EntryOptions?, ReadOnlySpan{string}, CancellationToken)"/>
    ValueTask<T> GetOrCreateAsync<TState>(
        ReadOnlySpan<char> key,
        TState state,
        Func<TState, CancellationToken, ValueTask<T>> factory,
        EntryOptions? options = null,
        scoped ReadOnlySpan<string> tags = default,
        CancellationToken cancellationToken = default) =>
        GetOrCreateAsync(key.ToString(), state, factory, options, tags, cancellationToken);

    /// <inheritdoc cref="ICache.GetOrCreateAsync{TState, T}(string, TState, Func{TState, CancellationToken, ValueTask{T}}, EntryOptions?, ReadOnlySpan{string}, CancellationToken)"/>
    ValueTask<T> GetOrCreateAsync<TState>(
        ref DefaultInterpolatedStringHandler key,
        TState state,
        Func<TState, CancellationToken, ValueTask<T>> factory,
        EntryOptions? options = null,
        scoped ReadOnlySpan<string> tags = default,
        CancellationToken cancellationToken = default) =>
        GetOrCreateAsync(key.ToStringAndClear(), state, factory, options, tags, cancellationToken);

    /// <inheritdoc cref="ICache.GetOrCreateAsync{TState, T}(string, TState, Func{TState, EntryContext, CancellationToken, ValueTask{T}}, EntryOptions?, ReadOnlySpan{string}, CancellationToken)"/>
    ValueTask<T> GetOrCreateAsync<TState>(
        string key,
        TState state,
        Func<TState, EntryContext, CancellationToken, ValueTask<T>> factory,
        EntryOptions? options = null,
        scoped ReadOnlySpan<string> tags = default,
        CancellationToken cancellationToken = default);

    /// <inheritdoc cref="ICache.GetOrCreateAsync{TState, T}(string, TState, Func{TState, EntryContext, CancellationToken, ValueTask{T}}, EntryOptions?, ReadOnlySpan{string}, CancellationToken)"/>
    ValueTask<T> GetOrCreateAsync<TState>(
        ReadOnlySpan<char> key,
        TState state,
        Func<TState, EntryContext, CancellationToken, ValueTask<T>> factory,
        EntryOptions? options = null,
        scoped ReadOnlySpan<string> tags = default,
        CancellationToken cancellationToken = default) =>
        GetOrCreateAsync(key.ToString(), state, factory, options, tags, cancellationToken);

    /// <inheritdoc cref="ICache.GetOrCreateAsync{TState, T}(string, TState, Func{TState, EntryContext, CancellationToken, ValueTask{T}}, EntryOptions?, ReadOnlySpan{string}, CancellationToken)"/>
    ValueTask<T> GetOrCreateAsync<TState>(
        ref DefaultInterpolatedStringHandler key,
        TState state,
        Func<TState, EntryContext, CancellationToken, ValueTask<T>> factory,
        EntryOptions? options = null,
        scoped ReadOnlySpan<string> tags = default,
        CancellationToken cancellationToken = default) =>
        GetOrCreateAsync(key.ToStringAndClear(), state, factory, options, tags, cancellationToken);

    /// <inheritdoc cref="ICache.ResolveAsync{T}(string, Func{CancellationToken, ValueTask{T}}, EntryOptions?, ReadOnlySpan{string}, CancellationToken)"/>
    ValueTask<CacheResult<T>> ResolveAsync(
        string key,
        Func<CancellationToken, ValueTask<T>> factory,
        EntryOptions? options = null,
        scoped ReadOnlySpan<string> tags = default,
        CancellationToken cancellationToken = default);

    /// <inheritdoc cref="ICache.ResolveAsync{T}(string, Func{CancellationToken, ValueTask{T}}, EntryOptions?, ReadOnlySpan{string}, CancellationToken)"/>
    ValueTask<CacheResult<T>> ResolveAsync(
        ReadOnlySpan<char> key,
        Func<CancellationToken, ValueTask<T>> factory,
        EntryOptions? options = null,
        scoped ReadOnlySpan<string> tags = default,
        CancellationToken cancellationToken = default) =>
        ResolveAsync(key.ToString(), factory, options, tags, cancellationToken);

    /// <inheritdoc cref="ICache.ResolveAsync{T}(string, Func{CancellationToken, ValueTask{T}}, EntryOptions?, ReadOnlySpan{string}, CancellationToken)"/>
    ValueTask<CacheResult<T>> ResolveAsync(
        ref DefaultInterpolatedStringHandler key,
        Func<CancellationToken, ValueTask<T>> factory,
        EntryOptions? options = null,
        scoped ReadOnlySpan<string> tags = default,
        CancellationToken cancellationToken = default) =>
        ResolveAsync(key.ToStringAndClear(), factory, options, tags, cancellationToken);

    /// <inheritdoc cref="ICache.ResolveAsync{TState, T}(string, TState, Func{TState, CancellationToken, ValueTask{T}}, EntryOptions?, ReadOnlySpan{string}, CancellationToken)"/>
    ValueTask<CacheResult<T>> ResolveAsync<TState>(
        string key,
        TState state,
        Func<TState, CancellationToken, ValueTask<T>> factory,
        EntryOptions? options = null,
        scoped ReadOnlySpan<string> tags = default,
        CancellationToken cancellationToken = default);

    /// <inheritdoc cref="ICache.ResolveAsync{TState, T}(string, TState, Func{TState, CancellationToken, ValueTask{T}}, EntryOptions?, ReadOnlySpan{string}, CancellationToken)"/>
    ValueTask<CacheResult<T>> ResolveAsync<TState>(
        ReadOnlySpan<char> key,
        TState state,
        Func<TState, CancellationToken, ValueTask<T>> factory,
        EntryOptions? options = null,
        scoped ReadOnlySpan<string> tags = default,
        CancellationToken cancellationToken = default) =>
        ResolveAsync(key.ToString(), state, factory, options, tags, cancellationToken);

    /// <inheritdoc cref="ICache.ResolveAsync{TState, T}(string, TState, Func{TState, CancellationToken, ValueTask{T}}, EntryOptions?, ReadOnlySpan{string}, CancellationToken)"/>
    ValueTask<CacheResult<T>> ResolveAsync<TState>(
        ref DefaultInterpolatedStringHandler key,
        TState state,
        Func<TState, CancellationToken, ValueTask<T>> factory,
        EntryOptions? options = null,
        scoped ReadOnlySpan<string> tags = default,
        CancellationToken cancellationToken = default) =>
        ResolveAsync(key.ToStringAndClear(), state, factory, options, tags, cancellationToken);

    /// <inheritdoc cref="ICache.ResolveAsync{TState, T}(string, TState, Func{TState, EntryContext, CancellationToken, ValueTask{T}}, EntryOptions?, ReadOnlySpan{string}, CancellationToken)"/>
    ValueTask<CacheResult<T>> ResolveAsync<TState>(
        string key,
        TState state,
        Func<TState, EntryContext, CancellationToken, ValueTask<T>> factory,
        EntryOptions? options = null,
        scoped ReadOnlySpan<string> tags = default,
        CancellationToken cancellationToken = default);

    /// <inheritdoc cref="ICache.ResolveAsync{TState, T}(string, TState, Func{TState, EntryContext, CancellationToken, ValueTask{T}}, EntryOptions?, ReadOnlySpan{string}, CancellationToken)"/>
    ValueTask<CacheResult<T>> ResolveAsync<TState>(
        ReadOnlySpan<char> key,
        TState state,
        Func<TState, EntryContext, CancellationToken, ValueTask<T>> factory,
        EntryOptions? options = null,
        scoped ReadOnlySpan<string> tags = default,
        CancellationToken cancellationToken = default) =>
        ResolveAsync(key.ToString(), state, factory, options, tags, cancellationToken);

    /// <inheritdoc cref="ICache.ResolveAsync{TState, T}(string, TState, Func{TState, EntryContext, CancellationToken, ValueTask{T}}, EntryOptions?, ReadOnlySpan{string}, CancellationToken)"/>
    ValueTask<CacheResult<T>> ResolveAsync<TState>(
        ref DefaultInterpolatedStringHandler key,
        TState state,
        Func<TState, EntryContext, CancellationToken, ValueTask<T>> factory,
        EntryOptions? options = null,
        scoped ReadOnlySpan<string> tags = default,
        CancellationToken cancellationToken = default) =>
        ResolveAsync(key.ToStringAndClear(), state, factory, options, tags, cancellationToken);

    /// <inheritdoc cref="ICache.GetOrCreateScopedAsync{T}(string, Func{IServiceProvider, CancellationToken, ValueTask{T}}, EntryOptions?, ReadOnlySpan{string}, CancellationToken)"/>
    ValueTask<T> GetOrCreateScopedAsync(
        string key,
        Func<IServiceProvider, CancellationToken, ValueTask<T>> factory,
        EntryOptions? options = null,
        scoped ReadOnlySpan<string> tags = default,
        CancellationToken cancellationToken = default);

    /// <inheritdoc cref="ICache.GetOrCreateScopedAsync{TState, T}(string, TState, Func{TState, IServiceProvider, CancellationToken, ValueTask{T}}, EntryOptions?, ReadOnlySpan{string}, CancellationToken)"/>
    ValueTask<T> GetOrCreateScopedAsync<TState>(
        string key,
        TState state,
        Func<TState, IServiceProvider, CancellationToken, ValueTask<T>> factory,
        EntryOptions? options = null,
        scoped ReadOnlySpan<string> tags = default,
        CancellationToken cancellationToken = default);

    /// <inheritdoc cref="ICache.GetOrCreateScopedAsync{TState, T}(string, TState, Func{TState, IServiceProvider, EntryContext, CancellationToken, ValueTask{T}}, EntryOptions?, ReadOnlySpan{string}, CancellationToken)"/>
    ValueTask<T> GetOrCreateScopedAsync<TState>(
        string key,
        TState state,
        Func<TState, IServiceProvider, EntryContext, CancellationToken, ValueTask<T>> factory,
        EntryOptions? options = null,
        scoped ReadOnlySpan<string> tags = default,
        CancellationToken cancellationToken = default);

    /// <inheritdoc cref="ICache.TryGet{T}(string, out T)"/>
    bool TryGet(string key, [MaybeNullWhen(false)] out T value);

    /// <inheritdoc cref="ICache.TryGet{T}(string, out T)"/>
    bool TryGet(ReadOnlySpan<char> key, [MaybeNullWhen(false)] out T value) => TryGet(key.ToString(), out value);

    /// <inheritdoc cref="ICache.TryGet{T}(string, out T)"/>
    bool TryGet(ref DefaultInterpolatedStringHandler key, [MaybeNullWhen(false)] out T value) =>
        TryGet(key.ToStringAndClear(), out value);

    /// <inheritdoc cref="ICache.GetAsync{T}(string, EntryOptions?, CancellationToken)"/>
    ValueTask<CacheResult<T>> GetAsync(string key, EntryOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="ICache.GetAsync{T}(string, EntryOptions?, CancellationToken)"/>
    ValueTask<CacheResult<T>> GetAsync(
        ReadOnlySpan<char> key, EntryOptions? options = null, CancellationToken cancellationToken = default) =>
        GetAsync(key.ToString(), options, cancellationToken);

    /// <inheritdoc cref="ICache.GetAsync{T}(string, EntryOptions?, CancellationToken)"/>
    ValueTask<CacheResult<T>> GetAsync(
        ref DefaultInterpolatedStringHandler key, EntryOptions? options = null, CancellationToken cancellationToken = default) =>
        GetAsync(key.ToStringAndClear(), options, cancellationToken);

    /// <inheritdoc cref="ICache.SetAsync{T}(string, T, EntryOptions?, ReadOnlySpan{string}, CancellationToken)"/>
    ValueTask SetAsync(
        string key, T value, EntryOptions? options = null, scoped ReadOnlySpan<string> tags = default, CancellationToken cancellationToken = default);

    /// <summary>The same for many keys, which the loader and the answer name without the prefix.</summary>
    /// <inheritdoc cref="ICache.GetOrCreateManyAsync{T}(IEnumerable{string}, Func{IReadOnlyList{string}, CancellationToken, ValueTask{IReadOnlyDictionary{string, T}}}, EntryOptions?, ReadOnlySpan{string}, CancellationToken)"/>
    ValueTask<IReadOnlyDictionary<string, T>> GetOrCreateManyAsync(
        IEnumerable<string> keys,
        Func<IReadOnlyList<string>, CancellationToken, ValueTask<IReadOnlyDictionary<string, T>>> loader,
        EntryOptions? options = null,
        scoped ReadOnlySpan<string> tags = default,
        CancellationToken cancellationToken = default) =>
        GetOrCreateManyAsync(keys, loader, static (load, some, token) => load(some, token), options, tags, cancellationToken);

    /// <summary>The same for many keys, which the loader and the answer name without the prefix.</summary>
    /// <inheritdoc cref="ICache.GetOrCreateManyAsync{TState, T}(IEnumerable{string}, TState, Func{TState, IReadOnlyList{string}, CancellationToken, ValueTask{IReadOnlyDictionary{string, T}}}, EntryOptions?, ReadOnlySpan{string}, CancellationToken)"/>
    ValueTask<IReadOnlyDictionary<string, T>> GetOrCreateManyAsync<TState>(
        IEnumerable<string> keys,
        TState state,
        Func<TState, IReadOnlyList<string>, CancellationToken, ValueTask<IReadOnlyDictionary<string, T>>> loader,
        EntryOptions? options = null,
        scoped ReadOnlySpan<string> tags = default,
        CancellationToken cancellationToken = default);

    /// <inheritdoc cref="ICache.GetManyAsync{T}(IEnumerable{string}, EntryOptions?, CancellationToken)"/>
    ValueTask<IReadOnlyDictionary<string, CacheResult<T>>> GetManyAsync(
        IEnumerable<string> keys, EntryOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="ICache.SetManyAsync{T}(IEnumerable{KeyValuePair{string, T}}, EntryOptions?, ReadOnlySpan{string}, CancellationToken)"/>
    ValueTask SetManyAsync(
        IEnumerable<KeyValuePair<string, T>> items,
        EntryOptions? options = null,
        scoped ReadOnlySpan<string> tags = default,
        CancellationToken cancellationToken = default);

    /// <inheritdoc cref="ICache.ExistsAsync(string, CancellationToken)"/>
    ValueTask<bool> ExistsAsync(string key, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="ICache.GetTimeToLiveAsync(string, CancellationToken)"/>
    ValueTask<TimeSpan?> GetTimeToLiveAsync(string key, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="ICache.RemoveAsync(string, CancellationToken)"/>
    ValueTask<RemovalOutcome> RemoveAsync(string key, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="ICache.RemoveAsync(string, CancellationToken)"/>
    ValueTask<RemovalOutcome> RemoveAsync(ReadOnlySpan<char> key, CancellationToken cancellationToken = default) =>
        RemoveAsync(key.ToString(), cancellationToken);

    /// <inheritdoc cref="ICache.RemoveAsync(string, CancellationToken)"/>
    ValueTask<RemovalOutcome> RemoveAsync(ref DefaultInterpolatedStringHandler key, CancellationToken cancellationToken = default) =>
        RemoveAsync(key.ToStringAndClear(), cancellationToken);

    /// <inheritdoc cref="ICache.RemoveAsync(IEnumerable{string}, CancellationToken)"/>
    ValueTask<RemovalOutcome> RemoveAsync(IEnumerable<string> keys, CancellationToken cancellationToken = default);

    /// <summary>Removes every entry of <see cref="Cache"/> that carries the tag, those stored through other views included.</summary>
    /// <inheritdoc cref="ICache.RemoveByTagAsync(string, CancellationToken)"/>
    ValueTask<RemovalOutcome> RemoveByTagAsync(string tag, CancellationToken cancellationToken = default);

    /// <summary>Removes every entry of <see cref="Cache"/> that carries any of the tags, those stored through other views included.</summary>
    /// <inheritdoc cref="ICache.RemoveByTagAsync(IEnumerable{string}, CancellationToken)"/>
    ValueTask<RemovalOutcome> RemoveByTagAsync(IEnumerable<string> tags, CancellationToken cancellationToken = default);

    /// <summary>Removes everything that was stored through this view, or one of the same type and prefix; the rest of the cache stays.</summary>
    /// <param name="cancellationToken">Stops the waiting, not the removal.</param>
    /// <returns><see cref="RemovalOutcome.Done"/> unless a lower tier could not be told.</returns>
    ValueTask<RemovalOutcome> ClearAsync(CancellationToken cancellationToken = default);

    /// <inheritdoc cref="ICache.AddTagsAsync"/>
    ValueTask<bool> AddTagsAsync(string key, scoped ReadOnlySpan<string> tags, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="ICache.IncrementAsync"/>
    ValueTask<long> IncrementAsync(string key, long delta = 1, EntryOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="ICache.SnapshotAsync"/>
    ValueTask<Fence> SnapshotAsync(string key, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="ICache.SetIfUnchangedAsync{T}"/>
    ValueTask<StoreOutcome> SetIfUnchangedAsync(
        string key,
        T value,
        Fence fence,
        EntryOptions? options = null,
        scoped ReadOnlySpan<string> tags = default,
        CancellationToken cancellationToken = default);

    /// <inheritdoc cref="ICache.HoldAsync"/>
    ValueTask<RemovalOutcome> HoldAsync(string key, TimeSpan holdFor, CancellationToken cancellationToken = default);

    /// <summary>Tells the feed of <see cref="Cache"/> of removals of keys with the prefix of this view.</summary>
    /// <inheritdoc cref="ICache.PublishRemovalsAsync"/>
    ValueTask PublishRemovalsAsync(IEnumerable<string> keys, CancellationToken cancellationToken = default);

    /// <summary>Takes a lock, whose name has the prefix of this view.</summary>
    /// <inheritdoc cref="ICache.TryLockAsync"/>
    ValueTask<CacheLock?> TryLockAsync(string name, TimeSpan timeToLive, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="ICache.ExpireAsync(string, CancellationToken)"/>
    ValueTask<RemovalOutcome> ExpireAsync(string key, CancellationToken cancellationToken = default);
}
