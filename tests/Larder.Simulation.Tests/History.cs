using Larder.Testing;

namespace Larder.Simulation.Tests;

/// <summary>What was changed and what was answered, and the check of the one against the other, at the level of the run.</summary>
internal sealed class History(SimulationScheduler simulation, Plan plan, Func<(int Index, int Incarnation), bool> isStillOwed)
{
    private readonly List<Floor> _floors = [];
    private readonly List<SetCall> _sets = [];

    internal Sums Sums { get; } = new(simulation);

    internal Holds Holds { get; } = new(simulation);

    internal int Reads { get; private set; }

    internal int Changes => _floors.Count;

    internal void Completed(int key, int version, (int Index, int Incarnation) node, long beganStep, bool isExpiration, bool isLocal, string what) =>
        _floors.Add(new Floor(key, version, node, beganStep, simulation.StepCount, simulation.Now, isExpiration, isLocal, what));

    internal SetCall SetBegan(int key, int version, (int Index, int Incarnation) node)
    {
        var set = new SetCall(key, version, node, simulation.StepCount);
        _sets.Add(set);
        return set;
    }

    /// <summary>Checks one answer. It is final when everything has come to rest: then every level owes everything.</summary>
    internal void Served(int key, long value, CacheStatus status, (int Index, int Incarnation) node, long beganStep, TimeSpan beganAt, bool isFinal)
    {
        Reads++;
        var version = Database.VersionIn(key, value);
        Holds.Check(key, version, beganAt, plan.Level, plan.Lease, isFinal);
        foreach (var floor in _floors)
        {
            if (floor.Key != key || version >= floor.Version || floor.Step >= beganStep
                || (floor.IsExpiration && status is not (CacheStatus.Hit or CacheStatus.Miss)))
            {
                continue;
            }

            if (Binds(floor, node, beganAt, isFinal) && !WasSetBeside(floor, version))
            {
                throw new BrokenPromiseException(
                    $"{Database.Keys[key]} was answered with version {version} ({status}) on node {node}, to a call that began at step {beganStep} ({beganAt}), "
                    + $"although {floor.What} on node {floor.Node} had made it {floor.Version} at step {floor.Step} ({floor.At}); level {plan.Level}");
            }
        }
    }

    /// <summary>
    /// True when the version was set by a call that was under way together with the change, so that it may have taken effect after it. Writes of one process to one key keep the order of
    /// their calls.
    /// </summary>
    private bool WasSetBeside(Floor floor, int version) => _sets.Exists(set =>
        set.Key == floor.Key && set.Version == version && set.BeganStep <= floor.Step && set.EndedStep >= floor.BeganStep
        && (set.Node != floor.Node || set.BeganStep > floor.BeganStep || floor.CoversMore));

    private bool Binds(Floor floor, (int Index, int Incarnation) node, TimeSpan beganAt, bool isFinal) =>
        floor.Node == node

        // What a process had queued binds the next one on its node before it has been told, if there is a journal.
        || (floor.IsLocal && plan.HasJournal && floor.Node.Index == node.Index)
        || (floor.IsLocal ? isFinal && isStillOwed(floor.Node) : isFinal || plan.Level switch
        {
            CoherenceLevel.Strict => true,
            CoherenceLevel.Bounded => beganAt >= floor.At + plan.Lease,
            _ => false,
        });
}
