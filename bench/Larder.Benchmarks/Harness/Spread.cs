namespace Larder.Benchmarks.Harness;

/// <summary>The middle of some numbers and how far they lie apart.</summary>
/// <param name="Low">The tenth percentile.</param>
/// <param name="Median">The middle.</param>
/// <param name="High">The ninetieth percentile.</param>
internal readonly record struct Spread(double Low, double Median, double High)
{
    internal static Spread Of(IEnumerable<double> numbers)
    {
        double[] sorted = [.. numbers.Order()];
        return new Spread(At(sorted, 0.1), At(sorted, 0.5), At(sorted, 0.9));
    }

    // Between two numbers the percentile is interpolated, so that an even count has a middle too.
    private static double At(double[] sorted, double share)
    {
        var position = share * (sorted.Length - 1);
        var below = (int)position;
        var above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + ((sorted[above] - sorted[below]) * (position - below));
    }
}
