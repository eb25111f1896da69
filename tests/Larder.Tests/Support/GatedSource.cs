using System.Collections.Concurrent;

namespace Larder.Tests.Support;

/// <summary>
/// A source under a test's control. Each call announces itself and then waits until the test answers it, so that a
/// test can stand between any two steps of a load.
/// </summary>
internal sealed class GatedSource<T>
{
    private readonly ConcurrentQueue<SourceCall<T>> _arrived = new();
    private readonly SemaphoreSlim _arrivals = new(0);
    private int _count;

    /// <summary>How often the source was asked.</summary>
    internal int Count => Volatile.Read(ref _count);

    internal Func<CancellationToken, ValueTask<T>> Factory => cancellationToken => Ask(null, cancellationToken);

    internal Func<object?, EntryContext, CancellationToken, ValueTask<T>> ContextFactory =>
        (_, context, cancellationToken) => Ask(context, cancellationToken);

    /// <summary>The next call of the factory, once it has been made.</summary>
    internal async Task<SourceCall<T>> NextCallAsync()
    {
        Assert.True(await _arrivals.WaitAsync(Bounded.Patience), "The source was not asked.");
        Assert.True(_arrived.TryDequeue(out var call));
        return call;
    }

    private ValueTask<T> Ask(EntryContext? context, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _count);
        var call = new SourceCall<T>(context, cancellationToken);
        _arrived.Enqueue(call);
        _arrivals.Release();
        return new ValueTask<T>(call.Answered);
    }
}
