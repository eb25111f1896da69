using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Larder.Entries;
using Larder.Flows;
using Larder.Ports;
using Larder.Tiers;

namespace Larder.Entrance;

/// <summary>A view of a cache for one type. Prefix and key are put together on the stack, so that a hit builds no string.</summary>
internal sealed class TypedCache<T> : ICache<T>
{
    private readonly MemoryHit _hit;
    private readonly CacheView _view;
    private readonly KeyPrefix _prefix;
    private readonly BulkDoor _bulk;
    private readonly CacheFlows _flows;
    private readonly ServiceScopes _scopes;

    /// <summary>For dependency injection: the view of the default cache with the default prefix.</summary>
    public TypedCache(ICache cache)
        : this(
            cache as Cache ?? throw new InvalidOperationException(
                $"ICache<{typeof(T)}> needs the cache that AddLarder registers, but ICache is a {cache.GetType()}; register an ICache<{typeof(T)}> of your own."),
            keyPrefix: null,
            defaults: null)
    {
    }

    internal TypedCache(Cache cache, string? keyPrefix, EntryOptions? defaults)
    {
        Cache = cache;
        _flows = cache.Flows;
        _scopes = cache.Scopes;
        var prefix = keyPrefix ?? $"{typeof(T)}:";
        _view = new CacheView(prefix, _flows.Parts.Defaults.Merge(defaults), tag: $"larder:typed:{typeof(T)}:{prefix}");
        _prefix = new KeyPrefix(prefix);
        _hit = _flows.Parts.MemoryHit(_view);
        _bulk = new BulkDoor(_view, _hit, _flows);
    }

    public ICache Cache { get; }

    public string KeyPrefix => _view.Prefix;

    public ValueTask<T> GetOrCreateAsync(
        string key,
        Func<CancellationToken, ValueTask<T>> factory,
        EntryOptions? options, scoped ReadOnlySpan<string> tags, CancellationToken cancellationToken) =>
        TryHit(NotNull(key), options, out T? value)
            ? new(value!)
            : _flows.Load.GetOrCreate<T, PlainSource<T>>(_view, Whole(key), new(factory), options, tags, cancellationToken);

    public ValueTask<T> GetOrCreateAsync(
        ReadOnlySpan<char> key,
        Func<CancellationToken, ValueTask<T>> factory,
        EntryOptions? options, scoped ReadOnlySpan<string> tags, CancellationToken cancellationToken) =>
        TryHit(key, options, out T? value)
            ? new(value!)
            : GetOrCreateAsync(key.ToString(), factory, options, tags, cancellationToken);

    public ValueTask<T> GetOrCreateAsync(
        ref DefaultInterpolatedStringHandler key,
        Func<CancellationToken, ValueTask<T>> factory,
        EntryOptions? options, scoped ReadOnlySpan<string> tags, CancellationToken cancellationToken) =>
        TryHit(ref key, options, out T? value)
            ? new(value!)
            : GetOrCreateAsync(key.ToStringAndClear(), factory, options, tags, cancellationToken);

    public ValueTask<T> GetOrCreateAsync<TState>(
        string key,
        TState state,
        Func<TState, CancellationToken, ValueTask<T>> factory,
        EntryOptions? options, scoped ReadOnlySpan<string> tags, CancellationToken cancellationToken) =>
        TryHit(NotNull(key), options, out T? value)
            ? new(value!)
            : _flows.Load.GetOrCreate<T, StateSource<TState, T>>(_view, Whole(key), new(state, factory), options, tags, cancellationToken);

    public ValueTask<T> GetOrCreateAsync<TState>(
        ReadOnlySpan<char> key,
        TState state,
        Func<TState, CancellationToken, ValueTask<T>> factory,
        EntryOptions? options, scoped ReadOnlySpan<string> tags, CancellationToken cancellationToken) =>
        TryHit(key, options, out T? value)
            ? new(value!)
            : GetOrCreateAsync(key.ToString(), state, factory, options, tags, cancellationToken);

    public ValueTask<T> GetOrCreateAsync<TState>(
        ref DefaultInterpolatedStringHandler key,
        TState state,
        Func<TState, CancellationToken, ValueTask<T>> factory,
        EntryOptions? options, scoped ReadOnlySpan<string> tags, CancellationToken cancellationToken) =>
        TryHit(ref key, options, out T? value)
            ? new(value!)
            : GetOrCreateAsync(key.ToStringAndClear(), state, factory, options, tags, cancellationToken);

    public ValueTask<T> GetOrCreateAsync<TState>(
        string key,
        TState state,
        Func<TState, EntryContext, CancellationToken, ValueTask<T>> factory,
        EntryOptions? options, scoped ReadOnlySpan<string> tags, CancellationToken cancellationToken) =>
        TryHit(NotNull(key), options, out T? value)
            ? new(value!)
            : _flows.Load.GetOrCreate<T, ContextSource<TState, T>>(_view, Whole(key), new(state, factory), options, tags, cancellationToken);

    public ValueTask<T> GetOrCreateAsync<TState>(
        ReadOnlySpan<char> key,
        TState state,
        Func<TState, EntryContext, CancellationToken, ValueTask<T>> factory,
        EntryOptions? options, scoped ReadOnlySpan<string> tags, CancellationToken cancellationToken) =>
        TryHit(key, options, out T? value)
            ? new(value!)
            : GetOrCreateAsync(key.ToString(), state, factory, options, tags, cancellationToken);

    public ValueTask<T> GetOrCreateAsync<TState>(
        ref DefaultInterpolatedStringHandler key,
        TState state,
        Func<TState, EntryContext, CancellationToken, ValueTask<T>> factory,
        EntryOptions? options, scoped ReadOnlySpan<string> tags, CancellationToken cancellationToken) =>
        TryHit(ref key, options, out T? value)
            ? new(value!)
            : GetOrCreateAsync(key.ToStringAndClear(), state, factory, options, tags, cancellationToken);

    public ValueTask<CacheResult<T>> ResolveAsync(
        string key,
        Func<CancellationToken, ValueTask<T>> factory,
        EntryOptions? options, scoped ReadOnlySpan<string> tags, CancellationToken cancellationToken) =>
        TryResolve(NotNull(key), options, out CacheResult<T> result)
            ? new(result)
            : _flows.Load.Resolve<T, PlainSource<T>>(_view, Whole(key), new(factory), options, tags, cancellationToken);

    public ValueTask<CacheResult<T>> ResolveAsync(
        ReadOnlySpan<char> key,
        Func<CancellationToken, ValueTask<T>> factory,
        EntryOptions? options, scoped ReadOnlySpan<string> tags, CancellationToken cancellationToken) =>
        TryResolve(key, options, out CacheResult<T> result)
            ? new(result)
            : ResolveAsync(key.ToString(), factory, options, tags, cancellationToken);

    public ValueTask<CacheResult<T>> ResolveAsync(
        ref DefaultInterpolatedStringHandler key,
        Func<CancellationToken, ValueTask<T>> factory,
        EntryOptions? options, scoped ReadOnlySpan<string> tags, CancellationToken cancellationToken) =>
        TryResolve(ref key, options, out CacheResult<T> result)
            ? new(result)
            : ResolveAsync(key.ToStringAndClear(), factory, options, tags, cancellationToken);

    public ValueTask<CacheResult<T>> ResolveAsync<TState>(
        string key,
        TState state,
        Func<TState, CancellationToken, ValueTask<T>> factory,
        EntryOptions? options, scoped ReadOnlySpan<string> tags, CancellationToken cancellationToken) =>
        TryResolve(NotNull(key), options, out CacheResult<T> result)
            ? new(result)
            : _flows.Load.Resolve<T, StateSource<TState, T>>(_view, Whole(key), new(state, factory), options, tags, cancellationToken);

    public ValueTask<CacheResult<T>> ResolveAsync<TState>(
        ReadOnlySpan<char> key,
        TState state,
        Func<TState, CancellationToken, ValueTask<T>> factory,
        EntryOptions? options, scoped ReadOnlySpan<string> tags, CancellationToken cancellationToken) =>
        TryResolve(key, options, out CacheResult<T> result)
            ? new(result)
            : ResolveAsync(key.ToString(), state, factory, options, tags, cancellationToken);

    public ValueTask<CacheResult<T>> ResolveAsync<TState>(
        ref DefaultInterpolatedStringHandler key,
        TState state,
        Func<TState, CancellationToken, ValueTask<T>> factory,
        EntryOptions? options, scoped ReadOnlySpan<string> tags, CancellationToken cancellationToken) =>
        TryResolve(ref key, options, out CacheResult<T> result)
            ? new(result)
            : ResolveAsync(key.ToStringAndClear(), state, factory, options, tags, cancellationToken);

    public ValueTask<CacheResult<T>> ResolveAsync<TState>(
        string key,
        TState state,
        Func<TState, EntryContext, CancellationToken, ValueTask<T>> factory,
        EntryOptions? options, scoped ReadOnlySpan<string> tags, CancellationToken cancellationToken) =>
        TryResolve(NotNull(key), options, out CacheResult<T> result)
            ? new(result)
            : _flows.Load.Resolve<T, ContextSource<TState, T>>(_view, Whole(key), new(state, factory), options, tags, cancellationToken);

    public ValueTask<CacheResult<T>> ResolveAsync<TState>(
        ReadOnlySpan<char> key,
        TState state,
        Func<TState, EntryContext, CancellationToken, ValueTask<T>> factory,
        EntryOptions? options, scoped ReadOnlySpan<string> tags, CancellationToken cancellationToken) =>
        TryResolve(key, options, out CacheResult<T> result)
            ? new(result)
            : ResolveAsync(key.ToString(), state, factory, options, tags, cancellationToken);

    public ValueTask<CacheResult<T>> ResolveAsync<TState>(
        ref DefaultInterpolatedStringHandler key,
        TState state,
        Func<TState, EntryContext, CancellationToken, ValueTask<T>> factory,
        EntryOptions? options, scoped ReadOnlySpan<string> tags, CancellationToken cancellationToken) =>
        TryResolve(ref key, options, out CacheResult<T> result)
            ? new(result)
            : ResolveAsync(key.ToStringAndClear(), state, factory, options, tags, cancellationToken);

    public ValueTask<T> GetOrCreateScopedAsync(
        string key,
        Func<IServiceProvider, CancellationToken, ValueTask<T>> factory,
        EntryOptions? options, scoped ReadOnlySpan<string> tags, CancellationToken cancellationToken) =>
        GetOrCreateAsync(key, _scopes.With(factory), ScopedSource<T>.Load, options, tags, cancellationToken);

    public ValueTask<T> GetOrCreateScopedAsync<TState>(
        string key,
        TState state,
        Func<TState, IServiceProvider, CancellationToken, ValueTask<T>> factory,
        EntryOptions? options, scoped ReadOnlySpan<string> tags, CancellationToken cancellationToken) =>
        GetOrCreateAsync(key, _scopes.With(state, factory), ScopedStateSource<TState, T>.Load, options, tags, cancellationToken);

    public ValueTask<T> GetOrCreateScopedAsync<TState>(
        string key,
        TState state,
        Func<TState, IServiceProvider, EntryContext, CancellationToken, ValueTask<T>> factory,
        EntryOptions? options, scoped ReadOnlySpan<string> tags, CancellationToken cancellationToken) =>
        GetOrCreateAsync(key, _scopes.With(state, factory), ScopedContextSource<TState, T>.Load, options, tags, cancellationToken);

    public bool TryGet(string key, [MaybeNullWhen(false)] out T value) =>
        TryHit(NotNull(key), options: null, out value!) || _flows.Read.TryGet(_view, Whole(key), out value);

    public bool TryGet(ReadOnlySpan<char> key, [MaybeNullWhen(false)] out T value) =>
        TryHit(key, options: null, out value!) || _flows.Read.TryGet(_view, Whole(key), out value);

    public bool TryGet(ref DefaultInterpolatedStringHandler key, [MaybeNullWhen(false)] out T value)
    {
        var found = TryGet(key.Text, out value);
        key.Clear();
        return found;
    }

    public ValueTask<CacheResult<T>> GetAsync(string key, EntryOptions? options, CancellationToken cancellationToken)
    {
        return GetAsync(NotNull(key), options, cancellationToken);
    }

    public ValueTask<CacheResult<T>> GetAsync(ReadOnlySpan<char> key, EntryOptions? options, CancellationToken cancellationToken) =>
        TryResolve(key, options, out var result) ? new(result) : _flows.Read.Get<T>(_view, Whole(key), options, cancellationToken);

    public ValueTask<CacheResult<T>> GetAsync(
        ref DefaultInterpolatedStringHandler key, EntryOptions? options, CancellationToken cancellationToken)
    {
        var answer = GetAsync(key.Text, options, cancellationToken);
        key.Clear();
        return answer;
    }

    public ValueTask SetAsync(
        string key, T value, EntryOptions? options, scoped ReadOnlySpan<string> tags, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return _flows.Write.Set(_view, Whole(key), value, options, tags, cancellationToken);
    }

    public ValueTask<IReadOnlyDictionary<string, T>> GetOrCreateManyAsync(
        IEnumerable<string> keys,
        Func<IReadOnlyList<string>, CancellationToken, ValueTask<IReadOnlyDictionary<string, T>>> loader,
        EntryOptions? options, scoped ReadOnlySpan<string> tags, CancellationToken cancellationToken) =>
        _bulk.GetOrCreateMany(keys, loader, options, tags, cancellationToken);

    public ValueTask<IReadOnlyDictionary<string, T>> GetOrCreateManyAsync<TState>(
        IEnumerable<string> keys,
        TState state,
        Func<TState, IReadOnlyList<string>, CancellationToken, ValueTask<IReadOnlyDictionary<string, T>>> loader,
        EntryOptions? options, scoped ReadOnlySpan<string> tags, CancellationToken cancellationToken) =>
        _bulk.GetOrCreateMany(keys, state, loader, options, tags, cancellationToken);

    public ValueTask<IReadOnlyDictionary<string, CacheResult<T>>> GetManyAsync(
        IEnumerable<string> keys, EntryOptions? options, CancellationToken cancellationToken) => _bulk.GetMany<T>(keys, options, cancellationToken);

    public ValueTask SetManyAsync(
        IEnumerable<KeyValuePair<string, T>> items, EntryOptions? options, scoped ReadOnlySpan<string> tags, CancellationToken cancellationToken) =>
        _bulk.SetMany(items, options, tags, cancellationToken);

    public ValueTask<bool> ExistsAsync(string key, CancellationToken cancellationToken) => Cache.ExistsAsync(Whole(key), cancellationToken);

    public ValueTask<TimeSpan?> GetTimeToLiveAsync(string key, CancellationToken cancellationToken) =>
        Cache.GetTimeToLiveAsync(Whole(key), cancellationToken);

    public ValueTask<RemovalOutcome> RemoveAsync(string key, CancellationToken cancellationToken) =>
        Cache.RemoveAsync(Whole(key), cancellationToken);

    public ValueTask<RemovalOutcome> RemoveAsync(IEnumerable<string> keys, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(keys);
        return Cache.RemoveAsync(keys.Select(Named), cancellationToken);
    }

    public ValueTask<RemovalOutcome> RemoveByTagAsync(string tag, CancellationToken cancellationToken) =>
        Cache.RemoveByTagAsync(tag, cancellationToken);

    public ValueTask<RemovalOutcome> RemoveByTagAsync(IEnumerable<string> tags, CancellationToken cancellationToken) =>
        Cache.RemoveByTagAsync(tags, cancellationToken);

    public ValueTask<RemovalOutcome> ClearAsync(CancellationToken cancellationToken) =>
        _flows.RemoveByTag.RemoveOwn(_view.Tag!, cancellationToken);

    public ValueTask<bool> AddTagsAsync(string key, scoped ReadOnlySpan<string> tags, CancellationToken cancellationToken) =>
        _flows.AddTags.AddTags(Whole(key), tags, cancellationToken);

    public ValueTask<long> IncrementAsync(string key, long delta, EntryOptions? options, CancellationToken cancellationToken) =>
        _flows.Increment.Increment(_view, Whole(key), delta, options, cancellationToken);

    public ValueTask<Fence> SnapshotAsync(string key, CancellationToken cancellationToken) =>
        _flows.CompareAndSet.Snapshot(_view, Whole(key), cancellationToken);

    public ValueTask<StoreOutcome> SetIfUnchangedAsync(
        string key, T value, Fence fence, EntryOptions? options, scoped ReadOnlySpan<string> tags, CancellationToken cancellationToken) =>
        _flows.CompareAndSet.Set(_view, Whole(key), value, fence, options, tags, cancellationToken);

    public ValueTask<RemovalOutcome> ExpireAsync(string key, CancellationToken cancellationToken) =>
        Cache.ExpireAsync(Whole(key), cancellationToken);

    public ValueTask<RemovalOutcome> HoldAsync(string key, TimeSpan holdFor, CancellationToken cancellationToken) =>
        _flows.Hold.Hold(Whole(key), holdFor, cancellationToken);

    public ValueTask PublishRemovalsAsync(IEnumerable<string> keys, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(keys);
        return _flows.Publish.Publish(keys.Select(Named), cancellationToken);
    }

    public ValueTask<CacheLock?> TryLockAsync(string name, TimeSpan timeToLive, CancellationToken cancellationToken) =>
        _flows.Lock.TryLock(Named(name), timeToLive, cancellationToken);

    private bool TryHit(ReadOnlySpan<char> key, EntryOptions? options, out T? value)
    {
        Span<char> whole = stackalloc char[_prefix.LengthOnStack(key)];
        value = default;
        return _prefix.TryWrite(key, whole) && _hit.TryGet(whole, options, out value);
    }

    private bool TryResolve(ReadOnlySpan<char> key, EntryOptions? options, out CacheResult<T> result)
    {
        Span<char> whole = stackalloc char[_prefix.LengthOnStack(key)];
        result = default;
        return _prefix.TryWrite(key, whole) && _hit.TryResolve(whole, options, out result);
    }

    /// <summary>On a hit the key's buffer is given back; otherwise it is left to the caller, who needs the key.</summary>
    private bool TryHit(ref DefaultInterpolatedStringHandler key, EntryOptions? options, out T? value)
    {
        if (!TryHit(key.Text, options, out value))
        {
            return false;
        }

        key.Clear();
        return true;
    }

    /// <summary>As above.</summary>
    private bool TryResolve(ref DefaultInterpolatedStringHandler key, EntryOptions? options, out CacheResult<T> result)
    {
        if (!TryResolve(key.Text, options, out result))
        {
            return false;
        }

        key.Clear();
        return true;
    }

    // A null string would turn into an empty span, which is another mistake.
    private static ReadOnlySpan<char> NotNull(string key) => key ?? throw new ArgumentNullException(nameof(key));

    // What is no name at all is handed on as it is, to be refused in the words of the call that it was given to.
    private string Named(string name) => string.IsNullOrEmpty(name) ? name : Whole(name);

    private string Whole(string key) => _prefix.Whole(NotNull(key));

    private string Whole(ReadOnlySpan<char> key) => _prefix.Whole(key);
}
