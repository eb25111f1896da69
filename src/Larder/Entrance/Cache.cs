using System.Diagnostics.CodeAnalysis;
using Larder.Entries;
using Larder.Flows;
using Larder.Keys;
using Larder.Ports;
using Larder.Tiers;

namespace Larder.Entrance;

/// <summary>The door: answers a memory hit at once, and hands everything else on to the flow that knows how.</summary>
internal sealed class Cache : ICache, IDisposable
{
    private readonly MemoryHit _hit;
    private readonly CacheView _view;
    private readonly BulkDoor _bulk;
    private readonly CacheFlows _flows;
    private readonly ServiceScopes _scopes;

    internal Cache(CacheFlows flows, ServiceScopes scopes)
    {
        _flows = flows;
        _scopes = scopes;
        _view = new CacheView(prefix: "", flows.Parts.Defaults, tag: null);
        _hit = flows.Parts.MemoryHit(_view);
        _bulk = new BulkDoor(_view, _hit, flows);
    }

    internal CacheFlows Flows => _flows;

    internal ServiceScopes Scopes => _scopes;

    MemoryHit ICache.Hit => _hit;

    private ICache Self => this;

    public string Name => _flows.Parts.CacheName;

    public bool IsEnabled => _flows.Parts.IsEnabled;

    public CacheStatistics Statistics => _flows.Parts.Statistics;

    ValueTask<T> ICache.GetOrCreateCoreAsync<T>(
        string key,
        Func<CancellationToken, ValueTask<T>> factory,
        EntryOptions? options, scoped ReadOnlySpan<string> tags, CancellationToken cancellationToken) =>
        _flows.Load.GetOrCreate<T, PlainSource<T>>(_view, key, new(factory), options, tags, cancellationToken);

    ValueTask<T> ICache.GetOrCreateCoreAsync<TState, T>(
        string key,
        TState state,
        Func<TState, CancellationToken, ValueTask<T>> factory,
        EntryOptions? options, scoped ReadOnlySpan<string> tags, CancellationToken cancellationToken) =>
        _flows.Load.GetOrCreate<T, StateSource<TState, T>>(_view, key, new(state, factory), options, tags, cancellationToken);

    ValueTask<T> ICache.GetOrCreateCoreAsync<TState, T>(
        string key,
        TState state,
        Func<TState, EntryContext, CancellationToken, ValueTask<T>> factory,
        EntryOptions? options, scoped ReadOnlySpan<string> tags, CancellationToken cancellationToken) =>
        _flows.Load.GetOrCreate<T, ContextSource<TState, T>>(_view, key, new(state, factory), options, tags, cancellationToken);

    ValueTask<CacheResult<T>> ICache.ResolveCoreAsync<T>(
        string key,
        Func<CancellationToken, ValueTask<T>> factory,
        EntryOptions? options, scoped ReadOnlySpan<string> tags, CancellationToken cancellationToken) =>
        _flows.Load.Resolve<T, PlainSource<T>>(_view, key, new(factory), options, tags, cancellationToken);

    ValueTask<CacheResult<T>> ICache.ResolveCoreAsync<TState, T>(
        string key,
        TState state,
        Func<TState, CancellationToken, ValueTask<T>> factory,
        EntryOptions? options, scoped ReadOnlySpan<string> tags, CancellationToken cancellationToken) =>
        _flows.Load.Resolve<T, StateSource<TState, T>>(_view, key, new(state, factory), options, tags, cancellationToken);

    ValueTask<CacheResult<T>> ICache.ResolveCoreAsync<TState, T>(
        string key,
        TState state,
        Func<TState, EntryContext, CancellationToken, ValueTask<T>> factory,
        EntryOptions? options, scoped ReadOnlySpan<string> tags, CancellationToken cancellationToken) =>
        _flows.Load.Resolve<T, ContextSource<TState, T>>(_view, key, new(state, factory), options, tags, cancellationToken);

    public ValueTask<T> GetOrCreateScopedAsync<T>(
        string key,
        Func<IServiceProvider, CancellationToken, ValueTask<T>> factory,
        EntryOptions? options, scoped ReadOnlySpan<string> tags, CancellationToken cancellationToken) =>
        Self.GetOrCreateAsync(key, _scopes.With(factory), ScopedSource<T>.Load, options, tags, cancellationToken);

    public ValueTask<T> GetOrCreateScopedAsync<TState, T>(
        string key,
        TState state,
        Func<TState, IServiceProvider, CancellationToken, ValueTask<T>> factory,
        EntryOptions? options, scoped ReadOnlySpan<string> tags, CancellationToken cancellationToken) =>
        Self.GetOrCreateAsync(key, _scopes.With(state, factory), ScopedStateSource<TState, T>.Load, options, tags, cancellationToken);

    public ValueTask<T> GetOrCreateScopedAsync<TState, T>(
        string key,
        TState state,
        Func<TState, IServiceProvider, EntryContext, CancellationToken, ValueTask<T>> factory,
        EntryOptions? options, scoped ReadOnlySpan<string> tags, CancellationToken cancellationToken) =>
        Self.GetOrCreateAsync(key, _scopes.With(state, factory), ScopedContextSource<TState, T>.Load, options, tags, cancellationToken);

    bool ICache.TryGetCore<T>(string key, [MaybeNullWhen(false)] out T value) => _flows.Read.TryGet(_view, key, out value);

    ValueTask<CacheResult<T>> ICache.GetCoreAsync<T>(string key, EntryOptions? options, CancellationToken cancellationToken) =>
        _flows.Read.Get<T>(_view, key, options, cancellationToken);

    public ValueTask SetAsync<T>(
        string key, T value, EntryOptions? options, scoped ReadOnlySpan<string> tags, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return _flows.Write.Set(_view, key, value, options, tags, cancellationToken);
    }

    public ValueTask<IReadOnlyDictionary<string, T>> GetOrCreateManyAsync<T>(
        IEnumerable<string> keys,
        Func<IReadOnlyList<string>, CancellationToken, ValueTask<IReadOnlyDictionary<string, T>>> loader,
        EntryOptions? options, scoped ReadOnlySpan<string> tags, CancellationToken cancellationToken) =>
        _bulk.GetOrCreateMany(keys, loader, options, tags, cancellationToken);

    public ValueTask<IReadOnlyDictionary<string, T>> GetOrCreateManyAsync<TState, T>(
        IEnumerable<string> keys,
        TState state,
        Func<TState, IReadOnlyList<string>, CancellationToken, ValueTask<IReadOnlyDictionary<string, T>>> loader,
        EntryOptions? options, scoped ReadOnlySpan<string> tags, CancellationToken cancellationToken) =>
        _bulk.GetOrCreateMany(keys, state, loader, options, tags, cancellationToken);

    public ValueTask<IReadOnlyDictionary<string, CacheResult<T>>> GetManyAsync<T>(
        IEnumerable<string> keys, EntryOptions? options, CancellationToken cancellationToken) => _bulk.GetMany<T>(keys, options, cancellationToken);

    public ValueTask SetManyAsync<T>(
        IEnumerable<KeyValuePair<string, T>> items, EntryOptions? options, scoped ReadOnlySpan<string> tags, CancellationToken cancellationToken) =>
        _bulk.SetMany(items, options, tags, cancellationToken);

    public ValueTask<bool> ExistsAsync(string key, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return _flows.Read.ExistsAsync(key, cancellationToken);
    }

    public ValueTask<TimeSpan?> GetTimeToLiveAsync(string key, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return _flows.Read.TimeToLiveAsync(key, cancellationToken);
    }

    public ValueTask<RemovalOutcome> RemoveAsync(string key, CancellationToken cancellationToken) => _flows.Remove.Remove(key, cancellationToken);

    public ValueTask<RemovalOutcome> RemoveAsync(IEnumerable<string> keys, CancellationToken cancellationToken) =>
        _flows.Remove.RemoveMany(keys, cancellationToken);

    public ValueTask<RemovalOutcome> RemoveByTagAsync(string tag, CancellationToken cancellationToken) =>
        _flows.RemoveByTag.Remove(tag, cancellationToken);

    public ValueTask<RemovalOutcome> RemoveByTagAsync(IEnumerable<string> tags, CancellationToken cancellationToken) =>
        _flows.RemoveByTag.RemoveMany(tags, cancellationToken);

    public ValueTask<RemovalOutcome> ClearAsync(CancellationToken cancellationToken) => _flows.Clear.Clear(cancellationToken);

    public ValueTask<RemovalOutcome> ExpireAsync(string key, CancellationToken cancellationToken) => _flows.Expire.Expire(key, cancellationToken);

    public ValueTask<bool> AddTagsAsync(string key, scoped ReadOnlySpan<string> tags, CancellationToken cancellationToken) =>
        _flows.AddTags.AddTags(key, tags, cancellationToken);

    public ValueTask<long> IncrementAsync(string key, long delta, EntryOptions? options, CancellationToken cancellationToken) =>
        _flows.Increment.Increment(_view, key, delta, options, cancellationToken);

    public ValueTask<Fence> SnapshotAsync(string key, CancellationToken cancellationToken) =>
        _flows.CompareAndSet.Snapshot(_view, key, cancellationToken);

    public ValueTask<StoreOutcome> SetIfUnchangedAsync<T>(
        string key, T value, Fence fence, EntryOptions? options, scoped ReadOnlySpan<string> tags, CancellationToken cancellationToken) =>
        _flows.CompareAndSet.Set(_view, key, value, fence, options, tags, cancellationToken);

    public ValueTask<RemovalOutcome> HoldAsync(string key, TimeSpan holdFor, CancellationToken cancellationToken) =>
        _flows.Hold.Hold(key, holdFor, cancellationToken);

    public ValueTask<CacheLock?> TryLockAsync(string name, TimeSpan timeToLive, CancellationToken cancellationToken) =>
        _flows.Lock.TryLock(name, timeToLive, cancellationToken);

    public IAsyncDisposable SubscribeRemovals(Func<Removal, CancellationToken, ValueTask> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        _flows.Parts.ThrowIfClosed();

        // The handler first: what the channel tells from its first moment on is told to it.
        var subscription = _flows.Parts.Feed.Subscribe(handler);
        _flows.Parts.Channel?.Listen();
        return subscription;
    }

    public ValueTask PublishRemovalsAsync(IEnumerable<string> keys, CancellationToken cancellationToken) =>
        _flows.Publish.Publish(keys, cancellationToken);

    public ICache<T> For<T>(string? keyPrefix, EntryOptions? defaults)
    {
        _flows.Parts.ThrowIfClosed();
        defaults?.Check(nameof(defaults));
        if (!string.IsNullOrEmpty(keyPrefix))
        {
            KeyRules.Check(keyPrefix, _flows.Parts.MaximumKeyLength);
        }

        return new TypedCache<T>(this, keyPrefix, defaults);
    }

    public ValueTask DisposeAsync() => _flows.Close.DrainAsync();

    /// <summary>For containers that are disposed synchronously: running loads are cancelled at once.</summary>
    public void Dispose() => _flows.Close.CloseNow();
}
