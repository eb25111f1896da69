using Larder.Benchmarks.Harness;
using Larder.Memory.Maintenance;

namespace Larder.Benchmarks.Suites;

/// <summary>How long the maintenance lock was held, each time.</summary>
internal sealed class HoldTimes : ILockProbe
{
    private const double Percentile = 0.999;
    private readonly List<double> _held = [];
    private double _taken;

    /// <summary>Called under the lock, as <see cref="Leaving"/> is, so that no more than one thread is here.</summary>
    public void Taken() => _taken = WallTime.Now();

    public void Leaving() => _held.Add(WallTime.Now() - _taken);

    /// <summary>The 99.9th percentile since <see cref="Restart"/>, in nanoseconds.</summary>
    internal double Longest()
    {
        _held.Sort();
        return _held[(int)(_held.Count * Percentile)];
    }

    /// <summary>Forgets what it has seen, and makes room beforehand, so that growing is not taken for holding.</summary>
    internal void Restart(int holds)
    {
        _held.Clear();
        _held.EnsureCapacity(holds);
    }
}
