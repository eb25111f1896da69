namespace Larder.Resp.Connecting;

/// <summary>
/// The pauses between attempts to connect: drawn from zero up to a ceiling that doubles each time ("full jitter", so that
/// a thousand clients that lost one server do not come back at the same moment).
/// </summary>
internal sealed class Backoff(TimeSpan minimum, TimeSpan maximum, Random random)
{
    private const int MostDoublings = 40;
    private int _attempts;

    /// <summary>The next pause.</summary>
    internal TimeSpan Next()
    {
        var ceiling = Ceiling(_attempts);
        _attempts = Math.Min(_attempts + 1, MostDoublings);
        return TimeSpan.FromMilliseconds(ceiling.TotalMilliseconds * random.NextDouble());
    }

    /// <summary>The longest pause, without jitter downwards: for a server that has refused us, and will again.</summary>
    internal TimeSpan Longest()
    {
        _attempts = MostDoublings;
        return maximum;
    }

    /// <summary>The connection has proved its health.</summary>
    internal void Reset() => _attempts = 0;

    internal TimeSpan Ceiling(int attempts)
    {
        var milliseconds = minimum.TotalMilliseconds * Math.Pow(2, Math.Min(attempts, MostDoublings));
        return milliseconds < maximum.TotalMilliseconds ? TimeSpan.FromMilliseconds(milliseconds) : maximum;
    }
}
