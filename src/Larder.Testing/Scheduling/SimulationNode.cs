using Larder.Ports;
using Larder.Scheduling;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Larder.Testing;

/// <summary>
/// One process of a <see cref="SimulationScheduler"/>: a clock of its own, and steps that the simulation runs or holds up. Made by
/// <see cref="SimulationScheduler.AddNode"/>. Not thread-safe, like all of a simulation.
/// </summary>
public sealed class SimulationNode
{
    private readonly SimulationScheduler _simulation;
    private readonly List<Func<bool>> _crashing = [];
    private NodeScheduler _scheduler;

    internal SimulationNode(SimulationScheduler simulation, string name, double clockRate)
    {
        _simulation = simulation;
        Name = name;
        Clock = new FakeClock(null, timer => Add(new TimerStep(this, timer))) { Rate = clockRate };
        Incarnation = 1;
        IsAlive = true;
        _scheduler = new NodeScheduler(this, simulation.Fork());
    }

    /// <summary>What it is called in the trace.</summary>
    public string Name { get; }

    /// <summary>
    /// Its clock. The simulation advances it with all others, each at its <see cref="FakeClock.Rate"/>; set the rate or
    /// <see cref="FakeClock.JumpWall"/> to let it drift or jump, but do not advance it yourself.
    /// </summary>
    public FakeClock Clock { get; }

    /// <summary>True while it stands still: none of its steps run, while the world and its own clock go on.</summary>
    public bool IsPaused { get; private set; }

    /// <summary>False after a crash, until it is started again.</summary>
    public bool IsAlive { get; private set; }

    /// <summary>How often it was started, beginning with 1.</summary>
    public int Incarnation { get; private set; }

    /// <summary>True when its steps may run.</summary>
    public bool IsRunning => IsAlive && !IsPaused;

    /// <summary>The simulation that it belongs to.</summary>
    public SimulationScheduler Simulation => _simulation;

    internal Scheduler Scheduler => _scheduler;

    /// <summary>Makes it stand still, as a long garbage collection or a starved machine does.</summary>
    public void Pause() => IsPaused = true;

    /// <summary>Lets it go on.</summary>
    public void Resume() => IsPaused = false;

    /// <summary>
    /// Ends its process: its work, its timers and its side of every connection are gone, and nothing that was made on it ever runs again. What
    /// it has sent may still reach the authority. Tasks of its caches never end. Does nothing when it is down already.
    /// </summary>
    public void Crash()
    {
        if (!IsAlive)
        {
            return;
        }

        IsAlive = false;
        IsPaused = false;
        Clock.CancelAll();
        _simulation.Forget(this);
        _crashing.RemoveAll(static crashing => !crashing());
    }

    /// <summary>Starts a new process after a <see cref="Crash"/>. Make new links and caches on it: the old ones stay dead.</summary>
    /// <exception cref="InvalidOperationException">It is running.</exception>
    public void Start()
    {
        if (IsAlive)
        {
            throw new InvalidOperationException($"The node {Name} is running; crash it before you start it again.");
        }

        IsAlive = true;
        Incarnation++;
        _scheduler = new NodeScheduler(this, _simulation.Fork());
    }

    /// <summary>Makes a cache whose work, timers and waits are steps of this node.</summary>
    /// <param name="configure">Changes the settings; null for the defaults. The clock is the node's, whatever is set.</param>
    /// <param name="name">The name of the cache. Caches of one name share what an authority keeps.</param>
    /// <returns>The cache. Call it inside <see cref="Do"/> or <see cref="Post"/>.</returns>
    /// <exception cref="ArgumentException">Settings are not acceptable.</exception>
    public ICache CreateCache(Action<CacheOptions>? configure = null, string name = "simulated")
    {
        ArgumentNullException.ThrowIfNull(name);
        var options = new CacheOptions();
        configure?.Invoke(options);
        options.TimeProvider = Clock;
        ICache? made = null;
        Do(() => made = LarderCache.Create(options, name, Scheduler));
        return made!;
    }

    /// <summary>What a tier or a link of this node is started with, for those who run one without a cache.</summary>
    /// <param name="cacheName">The name of the cache.</param>
    /// <param name="listener">Whom the tier tells of changes.</param>
    /// <param name="logger">Where messages go; null for nowhere.</param>
    /// <returns>The host.</returns>
    public TierHost CreateHost(string cacheName, ITierListener listener, ILogger? logger = null) =>
        new(cacheName, listener, Scheduler, logger ?? NullLogger.Instance);

    /// <summary>
    /// Runs something on this node now, outside of the simulation's choice: what it starts goes on in steps. Whatever calls a cache or completes something that a
    /// cache waits for, such as the answer of a source, belongs in here, so that nothing leaves the thread.
    /// </summary>
    /// <param name="action">What to run. Returns at its first wait.</param>
    /// <exception cref="InvalidOperationException">The node is paused or down.</exception>
    public void Do(Action action)
    {
        ArgumentNullException.ThrowIfNull(action);
        if (!IsRunning)
        {
            throw new InvalidOperationException($"The node {Name} is {(IsAlive ? "paused; resume" : "down; start")} it before you run something on it.");
        }

        _simulation.Execute(new CallStep(this, "", action));
    }

    /// <summary>
    /// Gets in between: runs something at a coming reading of the node's clock, in the middle of whatever reads it, as other threads do that run between two lines. There it may take steps of
    /// the simulation, of this node too. A cache reads the clock first of all when it is called, and once more before it looks at memory; whoever gets in between under one of its locks sees what no other thread
    /// could see, so let it be one of the first readings of a call. Replaces an interruption that has not come yet.
    /// </summary>
    /// <param name="reading">At which reading from now on: 1 for the next.</param>
    /// <param name="interruption">What to run; null for nothing, which takes an interruption back.</param>
    /// <exception cref="ArgumentOutOfRangeException">The reading is less than 1.</exception>
    public void Interrupt(int reading, Action? interruption)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(reading, 1);
        Clock.Reading = interruption is null ? null : () =>
        {
            if (--reading == 0)
            {
                Clock.Reading = null;
                interruption();
            }
        };
    }

    /// <summary>Adds a step that the simulation runs when it is picked; never, if the node crashes before.</summary>
    /// <param name="what">What it is called in the trace.</param>
    /// <param name="action">What to run. Returns at its first wait.</param>
    public void Post(string what, Action action)
    {
        ArgumentNullException.ThrowIfNull(what);
        ArgumentNullException.ThrowIfNull(action);
        if (IsAlive)
        {
            Add(new CallStep(this, what, action));
        }
    }

    /// <summary>The name.</summary>
    public override string ToString() => Name;

    internal void Add(SimulationStep step) => _simulation.Add(step);

    /// <summary>Is told when a process of this node ends; answers true to be told of the next one too.</summary>
    internal void WhenCrashing(Func<bool> crashing) => _crashing.Add(crashing);

    /// <summary>A scheduler for what begins anew by itself when the node is started again.</summary>
    internal Scheduler CreateLastingScheduler() => new NodeScheduler(this, _simulation.Fork(), outlivesCrashes: true);
}
