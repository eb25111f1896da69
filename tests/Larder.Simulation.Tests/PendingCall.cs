namespace Larder.Simulation.Tests;

/// <summary>A call, and whether somebody is still there to be answered.</summary>
internal sealed class PendingCall(SimulatedProcess process, string what, Task task)
{
    private readonly (int Index, int Incarnation) _caller = process.Name;

    internal string What { get; } = what;

    internal Task Task { get; } = task;

    internal bool IsAlive => process.Name == _caller;
}
