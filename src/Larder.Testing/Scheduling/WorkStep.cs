namespace Larder.Testing;

/// <summary>Work that a cache handed to the thread pool. The real pool keeps no order either.</summary>
internal sealed class WorkStep(SimulationNode node, IThreadPoolWorkItem work) : SimulationStep(node, SimulationStepKind.Work)
{
    private protected override string Detail => work.GetType().Name;

    internal override void Run() => work.Execute();
}
