using Larder.Scheduling;

namespace Larder.Shielding;

/// <summary>
/// Keeps readers away from a tier that fails, so that an outage costs them next to nothing: after a few failures in a row the tier is left alone for a while, then one
/// caller tries again. The pattern is the circuit breaker of Nygard's "Release It!".
/// </summary>
internal sealed class TierBreaker(Clock clock)
{
    private const int FailuresToOpen = 3;
    private const long FirstPause = 500;
    private const long LongestPause = 15_000;

    private readonly object _gate = new();
    private int _failures;
    private long _pause = FirstPause;
    private long _closedAgainAt = long.MinValue;
    private bool _isProbing;

    /// <summary>True while readers are kept away.</summary>
    internal bool IsOpen
    {
        get
        {
            lock (_gate)
            {
                return _failures >= FailuresToOpen;
            }
        }
    }

    /// <summary>True when the tier may be asked; then the outcome must be told.</summary>
    internal bool TryEnter()
    {
        if (Volatile.Read(ref _failures) < FailuresToOpen)
        {
            return true;
        }

        lock (_gate)
        {
            if (_failures < FailuresToOpen)
            {
                return true;
            }

            if (_isProbing || clock.Now < _closedAgainAt)
            {
                return false;
            }

            _isProbing = true;
            return true;
        }
    }

    internal void Succeeded()
    {
        if (Volatile.Read(ref _failures) == 0)
        {
            return;
        }

        lock (_gate)
        {
            _failures = 0;
            _pause = FirstPause;
            _isProbing = false;
        }
    }

    /// <summary>The next failure opens it, whatever was before.</summary>
    internal void Open()
    {
        lock (_gate)
        {
            _failures = Math.Max(_failures, FailuresToOpen - 1);
        }
    }

    /// <summary>A call has ended that says nothing of how the tier is. If it was the one that tried again, it proves nothing, and another one tries later.</summary>
    internal void LeftOpen()
    {
        if (Volatile.Read(ref _failures) < FailuresToOpen)
        {
            return;
        }

        lock (_gate)
        {
            if (_isProbing)
            {
                _isProbing = false;
                _closedAgainAt = clock.Now + FirstPause;
            }
        }
    }

    internal void Failed()
    {
        lock (_gate)
        {
            // Of calls that fail together only the one that opens counts, and later the one that tries again.
            if (_failures == FailuresToOpen && !_isProbing)
            {
                return;
            }

            _failures = Math.Min(_failures + 1, FailuresToOpen);
            if (_failures == FailuresToOpen)
            {
                _closedAgainAt = clock.Now + _pause;
                _pause = Math.Min(_pause * 2, LongestPause);
            }

            _isProbing = false;
        }
    }
}
