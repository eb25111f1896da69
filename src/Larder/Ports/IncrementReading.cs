namespace Larder.Ports;

/// <summary>How an increment went.</summary>
/// <param name="outcome">What happened.</param>
/// <param name="value">The number after it, with <see cref="IncrementOutcome.Done"/>.</param>
/// <param name="failure">Why the tier is unavailable, for the log; may be null.</param>
public readonly struct IncrementReading(IncrementOutcome outcome, long value = 0, Exception? failure = null)
{
    /// <summary>What happened.</summary>
    public IncrementOutcome Outcome { get; } = outcome;

    /// <summary>The number after the increment, when it was done.</summary>
    public long Value { get; } = value;

    /// <summary>Why the tier is unavailable; may be null.</summary>
    public Exception? Failure { get; } = failure;
}
