using System.Buffers;

namespace Larder.Ports;

/// <summary>
/// What a tier has under a key. Owned by whoever asked for it, who disposes it once; the body is valid until then.
/// </summary>
/// <param name="status"><see cref="TierStatus.Done"/> when there is a value, <see cref="TierStatus.Absent"/>, or <see cref="TierStatus.Unavailable"/>.</param>
/// <param name="token">What the value is recognised by; <see cref="FenceToken.None"/> without a value.</param>
/// <param name="body">The value's bytes, as they were stored.</param>
/// <param name="owner">Gives the body's memory back; null when nothing is to be given back.</param>
/// <param name="failure">Why the tier is unavailable, for the log; null when it is available or says nothing.</param>
public readonly struct TierReading(
    TierStatus status, FenceToken token = default, ReadOnlySequence<byte> body = default, IDisposable? owner = null, Exception? failure = null)
    : IDisposable
{
    /// <summary>Nothing is there. The default value.</summary>
    public static TierReading Absent => default;

    /// <summary>Whether there is a value.</summary>
    public TierStatus Status { get; } = status;

    /// <summary>What the value is recognised by.</summary>
    public FenceToken Token { get; } = token;

    /// <summary>The value's bytes.</summary>
    public ReadOnlySequence<byte> Body { get; } = body;

    /// <summary>Why the tier is unavailable; may be null.</summary>
    public Exception? Failure { get; } = failure;

    /// <summary>True when there is a value.</summary>
    public bool HasValue => Status == TierStatus.Done;

    /// <summary>A reading that failed.</summary>
    /// <param name="failure">Why; null when there is nothing to say.</param>
    /// <returns>The reading.</returns>
    public static TierReading Unavailable(Exception? failure = null) => new(TierStatus.Unavailable, failure: failure);

    /// <summary>Gives the body's memory back. Never throws: the value has been read by then, and what an owner throws must not fail whoever has read it.</summary>
    public void Dispose()
    {
        try
        {
            owner?.Dispose();
        }
        catch (Exception)
        {
            // The memory is lost to its pool, which is the tier's affair.
        }
    }
}
