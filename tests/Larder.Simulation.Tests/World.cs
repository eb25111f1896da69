using Larder.Testing;

namespace Larder.Simulation.Tests;

/// <summary>Three nodes, the authority that they share, the network between them, and the database behind them.</summary>
internal sealed class World
{
    internal World(int seed)
    {
        Simulation = new SimulationScheduler(seed);
        Chance = Simulation.Random;
        Plan = Plan.Of(Chance);
        Network = new SimulatedNetwork(Simulation);
        if (!Plan.AnnouncesInOrder)
        {
            Network.Loss = 0.1;
            Network.Duplication = 0.1;
        }

        Authority = new MemoryAuthority(Simulation.AddNode("authority"));
        Database = new Database();
        History = new History(Simulation, Plan.Level, Plan.Lease);
        Processes = [new SimulatedProcess(this, 0), new SimulatedProcess(this, 1), new SimulatedProcess(this, 2)];
        Calls = new Calls(this);
        Disturbance = new Disturbance(this);
    }

    internal SimulationScheduler Simulation { get; }

    internal Random Chance { get; }

    internal Plan Plan { get; }

    internal SimulatedNetwork Network { get; }

    internal MemoryAuthority Authority { get; }

    internal Database Database { get; }

    internal History History { get; }

    internal SimulatedProcess[] Processes { get; }

    internal Calls Calls { get; }

    internal Disturbance Disturbance { get; }
}
