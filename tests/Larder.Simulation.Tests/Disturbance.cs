namespace Larder.Simulation.Tests;

/// <summary>What goes wrong: pauses, crashes, cut and silent connections, a store that forgets or is away, clocks that jump.</summary>
internal sealed class Disturbance(World world)
{
    /// <summary>How often the store may have lost something.</summary>
    internal int LossesOfData { get; private set; }

    internal string Strike()
    {
        var process = world.Processes[world.Chance.Next(world.Processes.Length)];
        switch (world.Chance.Next(12 + world.Store.Moves))
        {
            case 0:
                process.Node.Pause();
                return $"pause {process.Node}";
            case 1 or 2:
                Relieve(process);
                return $"relieve {process.Node}";
            case 3:
                process.Restart();
                return $"restart {process.Node}";
            case 4:
                process.Way.Cut();
                return $"cut {process.Node}";
            case 5:
                process.Way.Partition();
                return $"partition {process.Node}";
            case 6:
                process.Way.BlockReplies();
                return $"block replies to {process.Node}";
            case 7 or 8:
                LossesOfData++;
                world.Store.EvictAny();
                return "evict";
            case 9:
                LossesOfData++;
                world.Store.Flush();
                return "flush";
            case 10:
                LossesOfData++;
                world.Store.Restart();
                return "restart the store";
            case 11:
                process.Node.Clock.JumpWall(TimeSpan.FromSeconds(world.Chance.Next(-20, 20)));
                return $"jump the wall clock of {process.Node}";
            default:
                return world.Store.Move();
        }
    }

    /// <summary>Everything works again.</summary>
    internal void End()
    {
        foreach (var process in world.Processes)
        {
            Relieve(process);
        }

        world.Store.End();
        world.Network.Loss = 0;
    }

    internal static void Relieve(SimulatedProcess process)
    {
        process.Node.Resume();
        process.Way.Heal();
    }
}
