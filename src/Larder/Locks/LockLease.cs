using Larder.Scheduling;

namespace Larder.Locks;

/// <summary>Until when a lock may be trusted, by the monotonic clock: counted from before the command that gave or prolonged it was sent.</summary>
internal sealed class LockLease
{
    // What clocks that run at different speeds may differ by, and the store's rounding.
    private const int DriftShare = 100;
    private static readonly TimeSpan Rounding = TimeSpan.FromMilliseconds(2);

    private readonly Clock _clock;
    private long _sentAt;

    internal LockLease(Clock clock, TimeSpan timeToLive)
    {
        _clock = clock;
        TimeToLive = timeToLive;
        Trusted = timeToLive - (timeToLive / DriftShare) - Rounding;
        _sentAt = clock.Timestamp();
    }

    internal TimeSpan TimeToLive { get; }

    internal bool IsOver => Left <= TimeSpan.Zero;

    /// <summary>How long it may still be trusted; zero or less when it may not.</summary>
    internal TimeSpan Left => Trusted - _clock.Since(Volatile.Read(ref _sentAt));

    private TimeSpan Trusted { get; }

    /// <summary>The moment before a command is sent.</summary>
    internal long Now => _clock.Timestamp();

    /// <summary>It was prolonged by a command that was sent at this moment.</summary>
    internal void ProlongedAt(long sentAt) => Volatile.Write(ref _sentAt, sentAt);
}
