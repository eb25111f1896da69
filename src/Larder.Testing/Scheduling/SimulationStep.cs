namespace Larder.Testing;

/// <summary>Something that could happen next in a simulation.</summary>
public abstract class SimulationStep
{
    private protected SimulationStep(SimulationNode? node, SimulationStepKind kind)
    {
        Node = node;
        Kind = kind;
        Incarnation = node?.Incarnation ?? 0;
    }

    /// <summary>The node that it happens on; null when it happens on none.</summary>
    public SimulationNode? Node { get; }

    /// <summary>What it is.</summary>
    public SimulationStepKind Kind { get; }

    /// <summary>Which start of the node it belongs to.</summary>
    internal int Incarnation { get; }

    /// <summary>True while nothing is in its way.</summary>
    internal virtual bool CanRun => Node is null || Node.IsRunning;

    /// <summary>One line for a trace: the node, what happens, and more where there is more to say.</summary>
    /// <returns>The line.</returns>
    public override string ToString() => $"{Node?.Name ?? "-"} {Kind}{(Detail is { Length: > 0 } detail ? " " + detail : "")}";

    /// <summary>What more there is to say.</summary>
    private protected virtual string Detail => "";

    internal abstract void Run();
}
