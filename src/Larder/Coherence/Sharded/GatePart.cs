namespace Larder.Coherence;

/// <summary>The share that one registry has in the gate of a cache.</summary>
internal readonly struct GatePart(JointGate gate, int index)
{
    /// <summary>This registry's lease lets memory be served until then.</summary>
    internal void OpenUntil(long until) => gate.Open(index, until);

    /// <summary>This registry's lease is over, or in doubt.</summary>
    internal void Close() => gate.Close(index);
}
