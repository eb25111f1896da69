using Larder.Testing;

namespace Larder.Simulation.Tests;

/// <summary>Three nodes, the store that they share, the network between them, and the database behind them.</summary>
internal sealed class World
{
    internal World(int seed)
    {
        Simulation = new SimulationScheduler(seed);
        Chance = Simulation.Random;
        Plan = Plan.Of(seed, Chance);
        Network = new SimulatedNetwork(Simulation);
        if (Plan.AnnouncesInOrder.Contains(false))
        {
            Network.Loss = 0.1;
            Network.Duplication = 0.1;
        }

        Store = Plan.IsCluster ? new Cluster(this) : new OneServer(this);
        Database = new Database();
        History = new History(Simulation, Plan, IsStillOwed);
        Processes = new SimulatedProcess[Plan.Nodes];
        for (var index = 0; index < Processes.Length; index++)
        {
            Processes[index] = new SimulatedProcess(this, index);
        }

        IsTroubled = Plan.Faults > 0;
        Calls = new Calls(this);
        Disturbance = new Disturbance(this);
    }

    internal SimulationScheduler Simulation { get; }

    internal Random Chance { get; }

    internal Plan Plan { get; }

    internal SimulatedNetwork Network { get; }

    internal SharedStore Store { get; }

    internal Database Database { get; }

    internal History History { get; }

    internal SimulatedProcess[] Processes { get; }

    internal Calls Calls { get; }

    internal Disturbance Disturbance { get; }

    /// <summary>True while things may go wrong by themselves.</summary>
    internal bool IsTroubled { get; set; }

    /// <summary>True when what a process has queued is told in the end: it is still there, or its journal is.</summary>
    private bool IsStillOwed((int Index, int Incarnation) node) => Plan.HasJournal || Processes[node.Index].Name == node;
}
