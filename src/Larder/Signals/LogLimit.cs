using Larder.Scheduling;

namespace Larder.Signals;

/// <summary>Lets one message through at once, then at most one in ten seconds, and counts what it keeps back. What was kept back is told with the next message, however late that is.</summary>
internal sealed class LogLimit(Clock clock)
{
    internal const long Milliseconds = 10_000;

    // The moment of the last message that was told; none at the beginning.
    private const long Never = long.MinValue;

    private long _toldAt = Never;
    private long _leftOut;

    internal bool MayTell(out LeftOut leftOut)
    {
        var now = clock.Now;
        var toldAt = Volatile.Read(ref _toldAt);
        if ((toldAt != Never && now - toldAt < Milliseconds) || Interlocked.CompareExchange(ref _toldAt, now, toldAt) != toldAt)
        {
            Interlocked.Increment(ref _leftOut);
            leftOut = default;
            return false;
        }

        leftOut = new LeftOut(Interlocked.Exchange(ref _leftOut, 0));
        return true;
    }
}
