using System.Collections.Concurrent;

namespace Larder.Tests.Support;

/// <summary>A loader of many keys under a test's control: each call announces itself and waits until the test answers it.</summary>
internal sealed class GatedLoader<T>
{
    private readonly ConcurrentQueue<LoaderCall<T>> _arrived = new();
    private readonly SemaphoreSlim _arrivals = new(0);
    private int _count;

    /// <summary>How often the loader was asked.</summary>
    internal int Count => Volatile.Read(ref _count);

    internal Func<IReadOnlyList<string>, CancellationToken, ValueTask<IReadOnlyDictionary<string, T>>> Loader => (keys, cancellationToken) =>
    {
        Interlocked.Increment(ref _count);
        var call = new LoaderCall<T>(keys, cancellationToken);
        _arrived.Enqueue(call);
        _arrivals.Release();
        return new ValueTask<IReadOnlyDictionary<string, T>>(call.Answered);
    };

    /// <summary>The next call of the loader, once it has been made.</summary>
    internal async Task<LoaderCall<T>> NextCallAsync()
    {
        Assert.True(await _arrivals.WaitAsync(Bounded.Patience), "The loader was not asked.");
        Assert.True(_arrived.TryDequeue(out var call));
        return call;
    }
}
