using Larder.Tests.Support;

namespace Larder.Tests.Model;

/// <summary>
/// A cache over a source whose values carry versions, driven step by step on one thread. After each step every call
/// that has ended is held against what was completely removed, set or expired before it began.
/// </summary>
internal sealed class PromiseModel
{
    private const int KeyCount = 3;

    private static readonly EntryOptions[] Kinds =
    [
        new() { FreshFor = Milliseconds(100) },
        new() { FreshFor = Milliseconds(100), StaleFor = Milliseconds(300) },
        new() { FreshFor = Milliseconds(100), FallbackFor = Milliseconds(600), SourceSoftTimeout = Milliseconds(40), FailureThrottle = Milliseconds(50) },
        new() { FreshFor = Milliseconds(100), StaleFor = Milliseconds(100), FallbackFor = Milliseconds(300), ServeExpired = true },
        new() { FreshFor = Milliseconds(100), StaleFor = Milliseconds(100), RefreshAhead = 0.5, Jitter = 0.3 },
        new() { FreshFor = Milliseconds(200), SlidingFor = Milliseconds(60), FallbackFor = Milliseconds(100), SourceTimeout = Milliseconds(80) },
    ];

    private readonly FakeClock _clock = new();
    private readonly StepScheduler _scheduler;
    private readonly ICache _cache;
    private readonly long[] _source = new long[KeyCount];
    private readonly Floors[] _floors = new Floors[KeyCount];
    private readonly List<ModelCall> _calls = [];
    private readonly List<PendingLoad> _pending = [];

    internal PromiseModel(int seed)
    {
        _scheduler = new StepScheduler(_clock, seed);
        var options = new CacheOptions { MaxConcurrentRefreshes = 2, TimeProvider = _clock };
        options.Defaults.SourceTimeout = Milliseconds(150);
        options.Defaults.BackgroundCompletion = (seed & 1) == 0;

        // In half of the runs memory holds fewer keys than there are, so that entries are evicted at any moment.
        options.MemoryLimit = (seed & 2) == 0 ? MemoryLimit.Entries(KeyCount - 1) : default;
        _cache = LarderCache.Create(options, "model", _scheduler);
    }

    internal void Take(Step step)
    {
        var key = step.A % KeyCount;
        switch (step.Kind)
        {
            case StepKind.Load:
                Start(key, step.B, load => new ValueTask<Versioned>(load.Answered), CancellationToken.None);
                break;
            case StepKind.LoadThatAnswersAtOnce:
                Start(key, step.B, load => new ValueTask<Versioned>(Forget(load).Value), CancellationToken.None);
                break;
            case StepKind.LoadThatThrowsAtOnce:
                Start(key, step.B, load => throw new IOException($"{Forget(load).Value.Key}: at once"), CancellationToken.None);
                break;
            case StepKind.LoadWithLateTag:
                StartWithLateTag(key, step.B);
                break;
            case StepKind.LoadThatConfirms:
                StartThatConfirms(key, step.B);
                break;
            case StepKind.LoadThatMayLeave:
                var leaving = new CancellationTokenSource();
                Start(key, step.B, load => new ValueTask<Versioned>(load.Answered), leaving.Token);
                _calls[^1].Leaving = leaving;
                break;
            case StepKind.Answer when _pending.Count > 0:
                var answered = _pending[step.A % _pending.Count];
                _pending.Remove(answered);
                answered.Answer();
                break;
            case StepKind.Fail when _pending.Count > 0:
                var failed = _pending[step.A % _pending.Count];
                _pending.Remove(failed);
                failed.Fail();
                break;
            case StepKind.Cancel when _calls.Count > 0:
                _calls[step.A % _calls.Count].Leaving?.Cancel();
                break;
            case StepKind.Advance:
                _clock.Advance(Milliseconds(step.A % 7 == 0 ? step.B * 10 : step.B));
                break;
            case StepKind.RunQueued:
                _scheduler.RunOne(step.A);
                break;
            case StepKind.TryGet:
                TryGet(key);
                break;
            default:
                Invalidate(step, key);
                break;
        }

        CheckEndedCalls();
    }

    /// <summary>Lets everything end, and fails if something does not.</summary>
    internal void Finish()
    {
        for (var round = 0; round < 100 && (_pending.Count > 0 || _scheduler.QueuedCount > 0); round++)
        {
            while (_pending.Count > 0)
            {
                var last = _pending[^1];
                _pending.Remove(last);
                last.Answer();
            }

            _scheduler.RunOne(0);
        }

        _clock.Advance(TimeSpan.FromSeconds(10));
        foreach (var call in _calls)
        {
            if (!((IAsyncResult)call.Task).AsyncWaitHandle.WaitOne(Bounded.Patience))
            {
                throw new InvalidOperationException("A call never ended.");
            }
        }

        CheckEndedCalls();
    }

    private void Invalidate(Step step, int key)
    {
        switch (step.Kind)
        {
            case StepKind.ChangeSource:
                _source[key]++;
                break;
            case StepKind.Set:
                var version = ++_source[key];
                Completed(_cache.SetAsync(Key(key), new Versioned(key, version, HasLateTag: false), Options(step.B), [Tag(key)]));
                _floors[key] = _floors[key] with { Any = version };
                break;
            case StepKind.Remove:
                _source[key]++;
                Completed(_cache.RemoveAsync(Key(key)));
                _floors[key] = _floors[key] with { Any = _source[key] };
                break;
            case StepKind.Expire:
                _source[key]++;
                Completed(_cache.ExpireAsync(Key(key)));
                _floors[key] = _floors[key] with { Fresh = _source[key] };
                break;
            case StepKind.RemoveByTag:
                var tag = Tag(step.A);
                ChangeAll(each => Tag(each) == tag);
                Completed(_cache.RemoveByTagAsync(tag));
                RaiseAll(each => Tag(each) == tag, each => _floors[each] with { Any = _source[each] });
                break;
            case StepKind.RemoveByLateTag:
                ChangeAll(_ => true);
                Completed(_cache.RemoveByTagAsync("late"));
                RaiseAll(_ => true, each => _floors[each] with { Late = _source[each] });
                break;
            case StepKind.Clear:
                ChangeAll(_ => true);
                Completed(_cache.ClearAsync());
                RaiseAll(_ => true, each => _floors[each] with { Any = _source[each] });
                break;
            default:
                break;
        }
    }

    private void Start(int key, int kind, Func<PendingLoad, ValueTask<Versioned>> load, CancellationToken cancellationToken)
    {
        var floors = _floors[key];
        Task<CacheResult<Versioned>> task;
        try
        {
            task = _cache.ResolveAsync(
                Key(key), _ => load(Begin(key, hasLateTag: false)), Options(kind), [Tag(key)], cancellationToken).AsTask();
        }
        catch (OperationCanceledException cancelled)
        {
            task = Task.FromException<CacheResult<Versioned>>(cancelled);
        }

        _calls.Add(new ModelCall(key, floors, task));
    }

    private void StartWithLateTag(int key, int kind)
    {
        var task = _cache.ResolveAsync(
            Key(key),
            this,
            (model, context, _) =>
            {
                var load = model.Begin(key, hasLateTag: true);
                return Tagged(load, context);
            },
            Options(kind),
            [Tag(key)]).AsTask();
        _calls.Add(new ModelCall(key, _floors[key], task));

        static async ValueTask<Versioned> Tagged(PendingLoad load, EntryContext context)
        {
            var value = await load.Answered.ConfigureAwait(false);
            context.AddTag("late");
            return value;
        }
    }

    /// <summary>A factory that confirms the older value if the source has not changed since.</summary>
    private void StartThatConfirms(int key, int kind)
    {
        var task = _cache.ResolveAsync(
            Key(key),
            this,
            (model, context, _) =>
            {
                var isUnchanged = context.TryGetStale<Versioned>(out var older) && older.Version == model._source[key];
                return Confirmed(model.Begin(key, isUnchanged && older!.HasLateTag), context, isUnchanged);
            },
            Options(kind),
            [Tag(key)]).AsTask();
        _calls.Add(new ModelCall(key, _floors[key], task));

        static async ValueTask<Versioned> Confirmed(PendingLoad load, EntryContext context, bool isUnchanged)
        {
            var value = await load.Answered.ConfigureAwait(false);
            return isUnchanged ? context.NotModified<Versioned>() : value;
        }
    }

    private void TryGet(int key)
    {
        if (_cache.TryGet<Versioned>(Key(key), out var value))
        {
            Hold(new CacheResult<Versioned>(CacheStatus.Stale, CacheTier.Memory, value, true, default, default), key, _floors[key]);
        }
    }

    /// <summary>The factory reads its source at once; what it read may be delivered any time later.</summary>
    private PendingLoad Begin(int key, bool hasLateTag)
    {
        var load = new PendingLoad(new Versioned(key, _source[key], hasLateTag));
        _pending.Add(load);
        return load;
    }

    private PendingLoad Forget(PendingLoad load)
    {
        _pending.Remove(load);
        return load;
    }

    private void CheckEndedCalls()
    {
        foreach (var call in _calls)
        {
            if (!call.IsChecked && call.Task.IsCompleted)
            {
                call.IsChecked = true;
                if (call.Task.IsCompletedSuccessfully)
                {
                    Hold(call.Task.Result, call.Key, call.Floors);
                }
                else if (call.Task.Exception?.InnerException is { } failed and not (IOException or SourceTimeoutException or OperationCanceledException))
                {
                    throw new InvalidOperationException("A call failed in a way that nothing in the model fails.", failed);
                }
            }
        }
    }

    private static void Hold(CacheResult<Versioned> result, int key, Floors floors)
    {
        var value = result.Value ?? throw new InvalidOperationException($"{result} without a value.");
        Promised(value.Key == key, "the value is the key's own");
        Promised(value.Version >= floors.Any, $"nothing removed or replaced is served (version {value.Version}, at least {floors.Any})");
        Promised(
            !value.HasLateTag || value.Version >= floors.Late,
            $"nothing whose late tag was removed is served (version {value.Version}, at least {floors.Late})");
        Promised(
            result.Status is not (CacheStatus.Hit or CacheStatus.Miss) || value.Version >= floors.Fresh,
            $"nothing expired is served as fresh (version {value.Version}, at least {floors.Fresh})");

        void Promised(bool holds, string what)
        {
            if (!holds)
            {
                throw new InvalidOperationException($"Broken promise: {what}; served as {result}.");
            }
        }
    }

    private void ChangeAll(Func<int, bool> covered)
    {
        for (var key = 0; key < KeyCount; key++)
        {
            _source[key] += covered(key) ? 1 : 0;
        }
    }

    private void RaiseAll(Func<int, bool> covered, Func<int, Floors> raised)
    {
        for (var key = 0; key < KeyCount; key++)
        {
            _floors[key] = covered(key) ? raised(key) : _floors[key];
        }
    }

    private static void Completed(ValueTask<RemovalOutcome> removal)
    {
        if (!removal.IsCompletedSuccessfully || removal.Result != RemovalOutcome.Done)
        {
            throw new InvalidOperationException("A removal in memory is complete at once.");
        }
    }

    private static void Completed(ValueTask set)
    {
        if (!set.IsCompletedSuccessfully)
        {
            throw new InvalidOperationException("A Set in memory is complete at once.");
        }
    }

    private static EntryOptions Options(int kind) => Kinds[kind % Kinds.Length];

    private static string Key(int key) => $"k{key}";

    private static string Tag(int key) => $"t{key % 2}";

    private static TimeSpan Milliseconds(int milliseconds) => TimeSpan.FromMilliseconds(milliseconds);
}
