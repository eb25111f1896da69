using Larder.Testing;

namespace Larder.Simulation.Tests;

/// <summary>
/// What a hold owes when its writer dies between commit and removal: while it lasts nobody stores, so what is kept after its end was read after the commit. Unless something else has ended it
/// before the commit: a removal, a Set, another hold, or a store that has lost it.
/// </summary>
internal sealed class Holds(SimulationScheduler simulation)
{
    private readonly List<Writing> _writings = [];
    private readonly List<Floor> _floors = [];

    /// <summary>A write of a key that would end a hold begins.</summary>
    internal Writing WriteBegan(int key)
    {
        var writing = new Writing(key, simulation.StepCount);
        _writings.Add(writing);
        return writing;
    }

    internal void WriteEnded(Writing writing) => writing.EndedStep = simulation.StepCount;

    /// <summary>A writer has committed a version under its hold, and is never heard of again.</summary>
    /// <param name="hold">The hold.</param>
    /// <param name="version">The version that it has committed.</param>
    /// <param name="leastEnd">Before this moment the hold has not ended by itself.</param>
    /// <param name="latestEnd">After this moment it has.</param>
    internal void Abandoned(Writing hold, int version, TimeSpan leastEnd, TimeSpan latestEnd)
    {
        if (simulation.Now < leastEnd && !_writings.Exists(other => other != hold && other.Key == hold.Key && other.EndedStep >= hold.BeganStep))
        {
            _floors.Add(new Floor(hold.Key, version, latestEnd, simulation.StepCount));
        }
    }

    /// <summary>Checks an answer to a call that began at this moment.</summary>
    internal void Check(int key, int version, TimeSpan beganAt, CoherenceLevel level, TimeSpan lease, bool isFinal)
    {
        foreach (var floor in _floors)
        {
            // The end of a hold is announced like any change, and nobody waits for those who hear it late.
            if (floor.Key == key && version < floor.Version && (isFinal || (level != CoherenceLevel.Eventual && beganAt >= floor.From + lease)))
            {
                throw new BrokenPromiseException(
                    $"{Database.Keys[key]} was answered with version {version} to a call that began at {beganAt}, although version {floor.Version} had been committed at step {floor.Step} under a hold that was over at {floor.From}");
            }
        }
    }

    /// <summary>A write, from its call to its answer; while it is not answered with certainty it may take effect at any time.</summary>
    internal sealed class Writing(int key, long beganStep)
    {
        internal int Key { get; } = key;

        internal long BeganStep { get; } = beganStep;

        internal long EndedStep { get; set; } = long.MaxValue;
    }

    private sealed record Floor(int Key, int Version, TimeSpan From, long Step);
}
