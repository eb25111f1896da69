namespace Larder.Memory.Policy;

/// <summary>
/// Finds the size of the window by hill climbing, as in "Adaptive Software Cache Management" (Einziger, Eytan,
/// Friedman, Manes 2018): while the hit ratio of a sample rises it goes on in its direction, else it turns back; the
/// steps shrink until the ratio changes sharply.
/// </summary>
internal sealed class WindowClimber
{
    private const double FirstStep = 0.0625;
    private const double Decay = 0.95;
    private const double Restart = 0.05;

    // With fewer requests the ratio changes by chance more than by the window.
    private const long ShortestSample = 10_000;

    private readonly long _capacity;
    private double _step;
    private double _lastRatio;
    private long _hits;
    private long _misses;

    internal WindowClimber(long capacity)
    {
        _capacity = capacity;
        _step = -FirstStep * capacity;
    }

    /// <summary>Given all hits and misses so far, by how much the window should grow; mostly 0.</summary>
    internal long Climb(long hits, long misses, long sampleLength)
    {
        var newHits = hits - _hits;
        var requests = newHits + misses - _misses;
        if (requests < Math.Max(sampleLength, ShortestSample))
        {
            return 0;
        }

        _hits = hits;
        _misses = misses;
        var ratio = (double)newHits / requests;
        var change = ratio - _lastRatio;
        _lastRatio = ratio;
        var amount = change >= 0 ? _step : -_step;
        _step = Math.Abs(change) >= Restart
            ? Math.CopySign(FirstStep * _capacity, amount)
            : Decay * amount;
        return (long)amount;
    }
}
