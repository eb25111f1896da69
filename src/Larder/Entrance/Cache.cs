using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Larder.Entries;
using Larder.Flows;
using Larder.Keys;

namespace Larder.Entrance;

/// <summary>The door: answers a memory hit at once, and hands everything else on to the flow that knows how.</summary>
internal sealed class Cache : ICache, IDisposable
{
    private readonly MemoryHit _hit;
    private readonly CacheView _view;
    private readonly CacheFlows _flows;
    private readonly ServiceScopes _scopes;

    internal Cache(CacheFlows flows, ServiceScopes scopes)
    {
        _flows = flows;
        _scopes = scopes;
        _view = new CacheView(prefix: "", flows.Parts.Defaults, tag: null);
        _hit = new MemoryHit(flows.Parts, _view);
    }

    internal CacheFlows Flows => _flows;

    internal ServiceScopes Scopes => _scopes;

    public string Name => _flows.Parts.CacheName;

    public bool IsEnabled => _flows.Parts.IsEnabled;

    public CacheStatistics Statistics => _flows.Parts.Statistics;

    public ValueTask<T> GetOrCreateAsync<T>(
        string key,
        Func<CancellationToken, ValueTask<T>> factory,
        EntryOptions? options,
        ReadOnlySpan<string> tags,
        CancellationToken cancellationToken) =>
        _hit.TryGet(key, options, out T? value)
            ? new ValueTask<T>(value!)
            : _flows.Load.GetOrCreate<T, PlainSource<T>>(_view, key, new PlainSource<T>(factory), options, tags, cancellationToken);

    public ValueTask<T> GetOrCreateAsync<T>(
        ReadOnlySpan<char> key,
        Func<CancellationToken, ValueTask<T>> factory,
        EntryOptions? options,
        ReadOnlySpan<string> tags,
        CancellationToken cancellationToken) =>
        _hit.TryGet(key, options, out T? value)
            ? new ValueTask<T>(value!)
            : GetOrCreateAsync(key.ToString(), factory, options, tags, cancellationToken);

    public ValueTask<T> GetOrCreateAsync<T>(
        ref DefaultInterpolatedStringHandler key,
        Func<CancellationToken, ValueTask<T>> factory,
        EntryOptions? options,
        ReadOnlySpan<string> tags,
        CancellationToken cancellationToken)
    {
        if (_hit.TryGet(ref key, options, out T? value))
        {
            return new ValueTask<T>(value!);
        }

        return GetOrCreateAsync(key.ToStringAndClear(), factory, options, tags, cancellationToken);
    }

    public ValueTask<T> GetOrCreateAsync<TState, T>(
        string key,
        TState state,
        Func<TState, CancellationToken, ValueTask<T>> factory,
        EntryOptions? options,
        ReadOnlySpan<string> tags,
        CancellationToken cancellationToken) =>
        _hit.TryGet(key, options, out T? value)
            ? new ValueTask<T>(value!)
            : _flows.Load.GetOrCreate<T, StateSource<TState, T>>(_view, key, new StateSource<TState, T>(state, factory), options, tags, cancellationToken);

    public ValueTask<T> GetOrCreateAsync<TState, T>(
        ReadOnlySpan<char> key,
        TState state,
        Func<TState, CancellationToken, ValueTask<T>> factory,
        EntryOptions? options,
        ReadOnlySpan<string> tags,
        CancellationToken cancellationToken) =>
        _hit.TryGet(key, options, out T? value)
            ? new ValueTask<T>(value!)
            : GetOrCreateAsync(key.ToString(), state, factory, options, tags, cancellationToken);

    public ValueTask<T> GetOrCreateAsync<TState, T>(
        ref DefaultInterpolatedStringHandler key,
        TState state,
        Func<TState, CancellationToken, ValueTask<T>> factory,
        EntryOptions? options,
        ReadOnlySpan<string> tags,
        CancellationToken cancellationToken)
    {
        if (_hit.TryGet(ref key, options, out T? value))
        {
            return new ValueTask<T>(value!);
        }

        return GetOrCreateAsync(key.ToStringAndClear(), state, factory, options, tags, cancellationToken);
    }

    public ValueTask<T> GetOrCreateAsync<TState, T>(
        string key,
        TState state,
        Func<TState, EntryContext, CancellationToken, ValueTask<T>> factory,
        EntryOptions? options,
        ReadOnlySpan<string> tags,
        CancellationToken cancellationToken) =>
        _hit.TryGet(key, options, out T? value)
            ? new ValueTask<T>(value!)
            : _flows.Load.GetOrCreate<T, ContextSource<TState, T>>(_view, key, new ContextSource<TState, T>(state, factory), options, tags, cancellationToken);

    public ValueTask<T> GetOrCreateAsync<TState, T>(
        ReadOnlySpan<char> key,
        TState state,
        Func<TState, EntryContext, CancellationToken, ValueTask<T>> factory,
        EntryOptions? options,
        ReadOnlySpan<string> tags,
        CancellationToken cancellationToken) =>
        _hit.TryGet(key, options, out T? value)
            ? new ValueTask<T>(value!)
            : GetOrCreateAsync(key.ToString(), state, factory, options, tags, cancellationToken);

    public ValueTask<T> GetOrCreateAsync<TState, T>(
        ref DefaultInterpolatedStringHandler key,
        TState state,
        Func<TState, EntryContext, CancellationToken, ValueTask<T>> factory,
        EntryOptions? options,
        ReadOnlySpan<string> tags,
        CancellationToken cancellationToken)
    {
        if (_hit.TryGet(ref key, options, out T? value))
        {
            return new ValueTask<T>(value!);
        }

        return GetOrCreateAsync(key.ToStringAndClear(), state, factory, options, tags, cancellationToken);
    }

    public ValueTask<CacheResult<T>> ResolveAsync<T>(
        string key,
        Func<CancellationToken, ValueTask<T>> factory,
        EntryOptions? options,
        ReadOnlySpan<string> tags,
        CancellationToken cancellationToken) =>
        _hit.TryResolve(key, options, out CacheResult<T> result)
            ? new ValueTask<CacheResult<T>>(result)
            : _flows.Load.Resolve<T, PlainSource<T>>(_view, key, new PlainSource<T>(factory), options, tags, cancellationToken);

    public ValueTask<CacheResult<T>> ResolveAsync<T>(
        ReadOnlySpan<char> key,
        Func<CancellationToken, ValueTask<T>> factory,
        EntryOptions? options,
        ReadOnlySpan<string> tags,
        CancellationToken cancellationToken) =>
        _hit.TryResolve(key, options, out CacheResult<T> result)
            ? new ValueTask<CacheResult<T>>(result)
            : ResolveAsync(key.ToString(), factory, options, tags, cancellationToken);

    public ValueTask<CacheResult<T>> ResolveAsync<T>(
        ref DefaultInterpolatedStringHandler key,
        Func<CancellationToken, ValueTask<T>> factory,
        EntryOptions? options,
        ReadOnlySpan<string> tags,
        CancellationToken cancellationToken)
    {
        if (_hit.TryResolve(ref key, options, out CacheResult<T> result))
        {
            return new ValueTask<CacheResult<T>>(result);
        }

        return ResolveAsync(key.ToStringAndClear(), factory, options, tags, cancellationToken);
    }

    public ValueTask<CacheResult<T>> ResolveAsync<TState, T>(
        string key,
        TState state,
        Func<TState, CancellationToken, ValueTask<T>> factory,
        EntryOptions? options,
        ReadOnlySpan<string> tags,
        CancellationToken cancellationToken) =>
        _hit.TryResolve(key, options, out CacheResult<T> result)
            ? new ValueTask<CacheResult<T>>(result)
            : _flows.Load.Resolve<T, StateSource<TState, T>>(_view, key, new StateSource<TState, T>(state, factory), options, tags, cancellationToken);

    public ValueTask<CacheResult<T>> ResolveAsync<TState, T>(
        ReadOnlySpan<char> key,
        TState state,
        Func<TState, CancellationToken, ValueTask<T>> factory,
        EntryOptions? options,
        ReadOnlySpan<string> tags,
        CancellationToken cancellationToken) =>
        _hit.TryResolve(key, options, out CacheResult<T> result)
            ? new ValueTask<CacheResult<T>>(result)
            : ResolveAsync(key.ToString(), state, factory, options, tags, cancellationToken);

    public ValueTask<CacheResult<T>> ResolveAsync<TState, T>(
        ref DefaultInterpolatedStringHandler key,
        TState state,
        Func<TState, CancellationToken, ValueTask<T>> factory,
        EntryOptions? options,
        ReadOnlySpan<string> tags,
        CancellationToken cancellationToken)
    {
        if (_hit.TryResolve(ref key, options, out CacheResult<T> result))
        {
            return new ValueTask<CacheResult<T>>(result);
        }

        return ResolveAsync(key.ToStringAndClear(), state, factory, options, tags, cancellationToken);
    }

    public ValueTask<CacheResult<T>> ResolveAsync<TState, T>(
        string key,
        TState state,
        Func<TState, EntryContext, CancellationToken, ValueTask<T>> factory,
        EntryOptions? options,
        ReadOnlySpan<string> tags,
        CancellationToken cancellationToken) =>
        _hit.TryResolve(key, options, out CacheResult<T> result)
            ? new ValueTask<CacheResult<T>>(result)
            : _flows.Load.Resolve<T, ContextSource<TState, T>>(_view, key, new ContextSource<TState, T>(state, factory), options, tags, cancellationToken);

    public ValueTask<CacheResult<T>> ResolveAsync<TState, T>(
        ReadOnlySpan<char> key,
        TState state,
        Func<TState, EntryContext, CancellationToken, ValueTask<T>> factory,
        EntryOptions? options,
        ReadOnlySpan<string> tags,
        CancellationToken cancellationToken) =>
        _hit.TryResolve(key, options, out CacheResult<T> result)
            ? new ValueTask<CacheResult<T>>(result)
            : ResolveAsync(key.ToString(), state, factory, options, tags, cancellationToken);

    public ValueTask<CacheResult<T>> ResolveAsync<TState, T>(
        ref DefaultInterpolatedStringHandler key,
        TState state,
        Func<TState, EntryContext, CancellationToken, ValueTask<T>> factory,
        EntryOptions? options,
        ReadOnlySpan<string> tags,
        CancellationToken cancellationToken)
    {
        if (_hit.TryResolve(ref key, options, out CacheResult<T> result))
        {
            return new ValueTask<CacheResult<T>>(result);
        }

        return ResolveAsync(key.ToStringAndClear(), state, factory, options, tags, cancellationToken);
    }

    public ValueTask<T> GetOrCreateScopedAsync<T>(
        string key,
        Func<IServiceProvider, CancellationToken, ValueTask<T>> factory,
        EntryOptions? options,
        ReadOnlySpan<string> tags,
        CancellationToken cancellationToken) =>
        GetOrCreateAsync(key, _scopes.With(factory), ScopedSource<T>.Load, options, tags, cancellationToken);

    public ValueTask<T> GetOrCreateScopedAsync<TState, T>(
        string key,
        TState state,
        Func<TState, IServiceProvider, CancellationToken, ValueTask<T>> factory,
        EntryOptions? options,
        ReadOnlySpan<string> tags,
        CancellationToken cancellationToken) =>
        GetOrCreateAsync(key, _scopes.With(state, factory), ScopedStateSource<TState, T>.Load, options, tags, cancellationToken);

    public ValueTask<T> GetOrCreateScopedAsync<TState, T>(
        string key,
        TState state,
        Func<TState, IServiceProvider, EntryContext, CancellationToken, ValueTask<T>> factory,
        EntryOptions? options,
        ReadOnlySpan<string> tags,
        CancellationToken cancellationToken) =>
        GetOrCreateAsync(key, _scopes.With(state, factory), ScopedContextSource<TState, T>.Load, options, tags, cancellationToken);

    public bool TryGet<T>(string key, [MaybeNullWhen(false)] out T value) =>
        _hit.TryGet(key, options: null, out value!) || _flows.Read.TryGet(_view, key, out value);

    public bool TryGet<T>(ReadOnlySpan<char> key, [MaybeNullWhen(false)] out T value) =>
        _hit.TryGet(key, options: null, out value!) || _flows.Read.TryGet(_view, key.ToString(), out value);

    public bool TryGet<T>(ref DefaultInterpolatedStringHandler key, [MaybeNullWhen(false)] out T value) =>
        _hit.TryGet(ref key, options: null, out value!) || _flows.Read.TryGet(_view, key.ToStringAndClear(), out value);

    public ValueTask<CacheResult<T>> GetAsync<T>(string key, EntryOptions? options, CancellationToken cancellationToken) =>
        new(_hit.TryResolve(key, options, out CacheResult<T> result)
            ? result
            : _flows.Read.Get<T>(_view, key, options, cancellationToken));

    public ValueTask<CacheResult<T>> GetAsync<T>(ReadOnlySpan<char> key, EntryOptions? options, CancellationToken cancellationToken) =>
        _hit.TryResolve(key, options, out CacheResult<T> result)
            ? new(result)
            : GetAsync<T>(key.ToString(), options, cancellationToken);

    public ValueTask<CacheResult<T>> GetAsync<T>(
        ref DefaultInterpolatedStringHandler key, EntryOptions? options, CancellationToken cancellationToken) =>
        _hit.TryResolve(ref key, options, out CacheResult<T> result)
            ? new(result)
            : GetAsync<T>(key.ToStringAndClear(), options, cancellationToken);

    public ValueTask SetAsync<T>(
        string key, T value, EntryOptions? options, ReadOnlySpan<string> tags, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _flows.Write.Set(_view, key, value, options, tags);
        return ValueTask.CompletedTask;
    }

    public ValueTask<bool> ExistsAsync(string key, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new(_flows.Read.Exists(key));
    }

    public ValueTask<TimeSpan?> GetTimeToLiveAsync(string key, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new(_flows.Read.TimeToLive(key));
    }

    public ValueTask<RemovalOutcome> RemoveAsync(string key, CancellationToken cancellationToken) => new(_flows.Remove.Remove(key));

    public ValueTask<RemovalOutcome> RemoveAsync(IEnumerable<string> keys, CancellationToken cancellationToken) =>
        new(_flows.Remove.RemoveMany(keys));

    public ValueTask<RemovalOutcome> RemoveByTagAsync(string tag, CancellationToken cancellationToken) =>
        new(_flows.RemoveByTag.Remove(tag));

    public ValueTask<RemovalOutcome> RemoveByTagAsync(IEnumerable<string> tags, CancellationToken cancellationToken) =>
        new(_flows.RemoveByTag.RemoveMany(tags));

    public ValueTask<RemovalOutcome> ClearAsync(CancellationToken cancellationToken) => new(_flows.Clear.Clear());

    public ValueTask<RemovalOutcome> ExpireAsync(string key, CancellationToken cancellationToken) => new(_flows.Expire.Expire(key));

    public IAsyncDisposable SubscribeRemovals(Func<Removal, CancellationToken, ValueTask> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        _flows.Parts.ThrowIfClosed();
        return _flows.Parts.Feed.Subscribe(handler);
    }

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
