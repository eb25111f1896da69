using Larder.Ports;
using Larder.Testing;

namespace Larder.Simulation.Tests;

/// <summary>The store that the nodes share, whatever it is made of, and what may happen to it.</summary>
internal abstract class SharedStore
{
    /// <summary>Of so many kinds of disturbances <see cref="Move"/> is asked for.</summary>
    internal virtual int Moves => 0;

    /// <summary>A tier for a process, and its way to the store.</summary>
    internal abstract (ITier Tier, StoreWay Way) Connect(SimulationNode node, int index);

    /// <summary>Throws one thing out.</summary>
    internal abstract void EvictAny();

    /// <summary>Forgets everything, and says so.</summary>
    internal abstract void Flush();

    /// <summary>Forgets everything, and breaks the connections.</summary>
    internal abstract void Restart();

    /// <summary>Something lives elsewhere from now on.</summary>
    internal virtual string Move() => throw new InvalidOperationException("Nothing can move.");

    /// <summary>Everything of the store itself works again.</summary>
    internal virtual void End()
    {
    }
}
