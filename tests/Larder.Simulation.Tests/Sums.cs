using Larder.Testing;

namespace Larder.Simulation.Tests;

/// <summary>
/// The check of one counter, while the store loses nothing: no increment is lost or counted twice, and none counts what was there before a Clear that had completed.
/// </summary>
internal sealed class Sums(SimulationScheduler simulation)
{
    private readonly List<Span> _increments = [];
    private readonly List<Span> _clears = [];

    internal Span IncrementBegan() => Began(_increments);

    internal Span ClearBegan() => Began(_clears);

    internal void Answered(Span increment, long sum, bool isIntact)
    {
        increment.EndedStep = simulation.StepCount;
        increment.Sum = sum;
        increment.IsIntact = isIntact;
        if (!isIntact)
        {
            return;
        }

        foreach (var other in _increments)
        {
            if (other != increment && other is { Sum: { } otherSum, IsIntact: true } && !ClearedBetween(other, increment)
                && (otherSum == sum || (other.EndedStep < increment.BeganStep && otherSum > sum)))
            {
                throw new BrokenPromiseException($"an increment that began at step {increment.BeganStep} was answered with {sum}, another one at step {other.EndedStep} with {otherSum}");
            }
        }

        foreach (var clear in _clears)
        {
            // Whatever has not ended may count at any time.
            var most = _increments.Count(one => one.EndedStep >= clear.BeganStep);
            if (clear.EndedStep < increment.BeganStep && sum > most)
            {
                throw new BrokenPromiseException(
                    $"an increment that began at step {increment.BeganStep} was answered with {sum}, although a Clear was done at step {clear.EndedStep}, and {most} may have come after it");
            }
        }
    }

    private bool ClearedBetween(Span one, Span other) => _clears.Exists(clear =>
        clear.BeganStep <= Math.Max(one.EndedStep, other.EndedStep) && clear.EndedStep >= Math.Min(one.BeganStep, other.BeganStep));

    private Span Began(List<Span> spans)
    {
        var span = new Span(simulation.StepCount);
        spans.Add(span);
        return span;
    }

    /// <summary>A call, from its beginning to its answer.</summary>
    internal sealed class Span(long beganStep)
    {
        internal long BeganStep { get; } = beganStep;

        /// <summary>When it was answered with certainty; not yet, or never.</summary>
        internal long EndedStep { get; set; } = long.MaxValue;

        internal long? Sum { get; set; }

        /// <summary>True when nothing had been lost by then.</summary>
        internal bool IsIntact { get; set; }
    }
}
