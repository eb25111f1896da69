namespace Larder.Testing;

/// <summary>The network between the nodes of a simulation and their authorities. Where it can be cut and blocked, see <see cref="SimulatedLink"/>.</summary>
/// <param name="simulation">The simulation that its deliveries are steps of.</param>
public sealed class SimulatedNetwork(SimulationScheduler simulation)
{
    private readonly List<SimulatedLink> _links = [];
    private readonly Random _chance = simulation?.Fork() ?? throw new ArgumentNullException(nameof(simulation));
    private double _loss;
    private double _duplication;

    /// <summary>All links that were made over it, those of crashed nodes included.</summary>
    public IReadOnlyList<SimulatedLink> Links => _links;

    /// <summary>
    /// How likely it is that a message is lost, for links whose announcements keep no order; streams lose nothing unless they are cut. From 0 (never, the default) to 1.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not from 0 to 1.</exception>
    public double Loss
    {
        get => _loss;
        set => _loss = Likelihood(value, nameof(Loss));
    }

    /// <summary>How likely it is that such a message arrives twice. From 0 (never, the default) to 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not from 0 to 1.</exception>
    public double Duplication
    {
        get => _duplication;
        set => _duplication = Likelihood(value, nameof(Duplication));
    }

    internal SimulationScheduler Simulation { get; } = simulation;

    internal Random Chance => _chance;

    internal void Add(SimulatedLink link) => _links.Add(link);

    // Nothing is drawn where nothing can happen, so that a network without faults follows the same seed.
    internal bool IsLost() => _loss > 0 && _chance.NextDouble() < _loss;

    internal bool IsDuplicated() => _duplication > 0 && _chance.NextDouble() < _duplication;

    private static double Likelihood(double value, string name) =>
        value is >= 0 and <= 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, $"{name} is {value}; set it from 0 to 1.");
}
