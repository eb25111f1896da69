namespace Larder.Testing;

/// <summary>
/// A timer that has fallen due. Once it stands here it fires even if it is disposed meanwhile, as a callback does that is already on its way
/// to a thread of the pool.
/// </summary>
internal sealed class TimerStep(SimulationNode node, FakeTimer timer) : SimulationStep(node, SimulationStepKind.Timer)
{
    internal override void Run() => timer.Fire();
}
