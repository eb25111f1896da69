namespace Larder.Testing;

/// <summary>The arrival of whatever is next in a stream: there is one step for each stream, so that the stream keeps its order.</summary>
internal sealed class StreamStep(
    SimulationScheduler simulation, SimulationNode? node, SimulationStepKind kind, Func<bool> take, Func<bool> passes, Func<string> describe)
    : SimulationStep(node, kind)
{
    private bool _isAwaited;

    internal override bool CanRun => base.CanRun && passes();

    private protected override string Detail => describe();

    /// <summary>Makes it a step of the simulation, unless it is one already.</summary>
    internal void Await()
    {
        if (!_isAwaited)
        {
            _isAwaited = true;
            simulation.Add(this);
        }
    }

    internal override void Run()
    {
        _isAwaited = false;
        if (take())
        {
            Await();
        }
    }
}
