namespace Larder.Locks;

/// <summary>How a lock ends, once: it is lost, which cancels the token, or given back. No timer and no wait handle hangs on it, so there is nothing to dispose of.</summary>
internal sealed class LockEnding : CancellationTokenSource
{
    private int _hasEnded;

    internal bool HasEnded => Volatile.Read(ref _hasEnded) != 0;

    /// <summary>Gives it back; false when it has ended before.</summary>
    internal bool TryGiveBack() => Interlocked.Exchange(ref _hasEnded, 1) == 0;

    /// <summary>Loses it, and tells those who asked to be told. Answers what they threw; null for nothing.</summary>
    internal Exception? Lose()
    {
        if (Interlocked.Exchange(ref _hasEnded, 1) != 0)
        {
            return null;
        }

        try
        {
            Cancel();
            return null;
        }
        catch (AggregateException failed)
        {
            return failed;
        }
    }
}
