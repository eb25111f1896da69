using Larder.Scheduling;

namespace Larder.Testing;

/// <summary>What one start of a node's process sees of the simulation: hops and timers become steps, and end with the process.</summary>
internal sealed class NodeScheduler(SimulationNode node, Random random, bool outlivesCrashes = false) : Scheduler(node.Clock)
{
    private readonly int _incarnation = node.Incarnation;

    internal override Random Random => random;

    internal override Action<Span<byte>> FillRandom => random.NextBytes;

    private bool IsDead => !node.IsAlive || (!outlivesCrashes && node.Incarnation != _incarnation);

    internal override void Queue(IThreadPoolWorkItem work)
    {
        if (!IsDead)
        {
            node.Add(new WorkStep(node, work));
        }
    }

    internal override TaskCompletionSource<T> CreateCompletion<T>() => new();

    /// <summary>Between the completion and its waiters' going on anything may happen, as in a process with a busy pool.</summary>
    internal override void Complete<T>(TaskCompletionSource<T> completion, T result)
    {
        if (IsDead || completion.Task.IsCompleted)
        {
            return;
        }

        if (node.Simulation.ResumesInSteps)
        {
            node.Add(new ResumptionStep<T>(node, completion, result));
        }
        else
        {
            completion.TrySetResult(result);
        }
    }

    internal override ITimer StartTimer(TimerCallback callback, object state, long milliseconds)
    {
        var due = TimeSpan.FromMilliseconds(Math.Clamp(milliseconds, 0, LongestTimer));
        return node.Clock.CreateTimer(callback, state, IsDead ? Timeout.InfiniteTimeSpan : due, Timeout.InfiniteTimeSpan);
    }
}
