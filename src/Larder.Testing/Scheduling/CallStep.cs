namespace Larder.Testing;

/// <summary>A call that the driver of the simulation posted to a node.</summary>
internal sealed class CallStep(SimulationNode node, string what, Action call) : SimulationStep(node, SimulationStepKind.Call)
{
    private protected override string Detail => what;

    internal override void Run() => call();
}
