using System.Collections.Concurrent;
using Larder.Ports;

namespace Larder.Tests.Locks;

/// <summary>A store of locks whose commands a test can hold up, or let fail, before or after they are carried out.</summary>
internal sealed class GatedLockStore(FakeClock clock) : ILockStore
{
    private int _prolongings;

    internal MemoryLockStore Memory { get; } = new(clock);

    /// <summary>Thrown by every command from now on; null for nothing.</summary>
    internal Exception? Failure { get; set; }

    /// <summary>Whether a failing command is carried out all the same.</summary>
    internal bool FailsAfterwards { get; set; }

    /// <summary>Answers of commands wait for this; null for nothing.</summary>
    internal TaskCompletionSource? Gate { get; set; }

    internal int Prolongings => Volatile.Read(ref _prolongings);

    internal ConcurrentQueue<string> Released { get; } = new();

    public ValueTask<long?> TryTakeAsync(string name, FenceToken owner, TimeSpan timeToLive, CancellationToken cancellationToken) =>
        AnswerAsync(() => Memory.TryTakeAsync(name, owner, timeToLive, cancellationToken));

    public ValueTask<bool> TryProlongAsync(string name, FenceToken owner, TimeSpan timeToLive, CancellationToken cancellationToken)
    {
        var answer = AnswerAsync(() => Memory.TryProlongAsync(name, owner, timeToLive, cancellationToken));
        Interlocked.Increment(ref _prolongings);
        return answer;
    }

    public async ValueTask ReleaseAsync(string name, FenceToken owner, CancellationToken cancellationToken)
    {
        await Memory.ReleaseAsync(name, owner, cancellationToken);
        Released.Enqueue(name);
    }

    private async ValueTask<T> AnswerAsync<T>(Func<ValueTask<T>> command)
    {
        if (Failure is { } failure && !FailsAfterwards)
        {
            throw failure;
        }

        // Carried out now, answered later, as on a slow connection.
        var answer = command();
        if (Gate is { } gate)
        {
            await gate.Task;
        }

        return Failure is { } late ? throw late : await answer;
    }
}
