namespace Larder.Simulation.Tests;

/// <summary>A Set, from its call to its answer. While it is under way it may take effect before or after whatever else is under way.</summary>
internal sealed class SetCall(int key, int version, (int Index, int Incarnation) node, long beganStep)
{
    internal int Key { get; } = key;

    internal int Version { get; } = version;

    internal (int Index, int Incarnation) Node { get; } = node;

    internal long BeganStep { get; } = beganStep;

    /// <summary>When it was answered with certainty; not yet, or never.</summary>
    internal long EndedStep { get; set; } = long.MaxValue;
}
