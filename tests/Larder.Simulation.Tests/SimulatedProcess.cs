using Larder.Ports;
using Larder.Testing;

namespace Larder.Simulation.Tests;

/// <summary>One node of the world, with the cache of its present process.</summary>
internal sealed class SimulatedProcess
{
    private readonly World _world;

    internal SimulatedProcess(World world, int index)
    {
        _world = world;
        Index = index;

        // Clocks may go wrong by half a percent; the protocol allows for one.
        Node = world.Simulation.AddNode($"n{index}", clockRate: 1 + ((world.Chance.NextDouble() - 0.5) / 100));
        Open();
    }

    internal int Index { get; }

    internal SimulationNode Node { get; }

    internal ICache Cache { get; private set; } = null!;

    internal StoreWay Way { get; private set; } = null!;

    /// <summary>What outlives the process.</summary>
    internal Dictionary<string, (FenceToken Token, byte[] Body, TimeSpan EndsAt)> Copies { get; } = [];

    /// <summary>What outlives the process.</summary>
    internal List<JournalRecord> Journal { get; } = [];

    internal (int Index, int Incarnation) Name => (Index, Node.Incarnation);

    internal void Restart()
    {
        Node.Crash();
        Node.Start();
        Open();
    }

    private void Open()
    {
        (var tier, Way) = _world.Store.Connect(Node, Index);
        Cache = Node.CreateCache(options =>
        {
            options.Authority = tier;
            options.Copies = _world.Plan.HasCopies ? new KeptCopies(_world, this) : null;
            options.QueueRemovals = _world.Plan.QueuesRemovals;
            options.Journal = _world.Plan is { QueuesRemovals: true, HasJournal: true } ? new KeptJournal(_world, this) : null;
            options.LoadWait = _world.Plan.LoadWait;
            options.TierTimeout = TimeSpan.FromSeconds(2);
            options.LoadLease = TimeSpan.FromSeconds(1);
            options.Defaults.SourceTimeout = TimeSpan.FromSeconds(8);
            options.Defaults.FreshFor = TimeSpan.FromMilliseconds(_world.Plan.FreshFor);
            options.Defaults.StaleFor = TimeSpan.FromSeconds(_world.Plan.ServesStale ? 10 : 0);
            options.Defaults.FallbackFor = TimeSpan.FromSeconds(_world.Plan.FallsBack ? 30 : 0);
        });
    }
}
