namespace Larder.Simulation.Tests;

/// <summary>After a change has completed nobody may be served what was there before it: the least version that is still allowed.</summary>
/// <param name="Key">The key.</param>
/// <param name="Version">The least version.</param>
/// <param name="Node">Where the change was made, with the number of the process.</param>
/// <param name="BeganStep">When the change was called, in steps.</param>
/// <param name="Step">When it had completed, in steps.</param>
/// <param name="At">When it had completed.</param>
/// <param name="IsExpiration">True when older versions may still be served, but not as fresh.</param>
/// <param name="IsLocal">True when only the process itself is bound by it, because others could not be told yet.</param>
/// <param name="What">The change, for messages.</param>
internal sealed record Floor(int Key, int Version, (int Index, int Incarnation) Node, long BeganStep, long Step, TimeSpan At, bool IsExpiration, bool IsLocal, string What)
{
    /// <summary>True for a change of more than one key, which keeps no order with the process's writes to one.</summary>
    internal bool CoversMore { get; } = What is not ("RemoveAsync" or "SetAsync" or "ExpireAsync");
}
