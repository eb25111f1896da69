namespace Larder.Testing;

/// <summary>
/// A world that is run step by step: several nodes with caches, and the connections between them and an authority. Everything that would run by itself, work on the
/// thread pool, timers, deliveries of the network, becomes a step, and the next step is picked by a seed or by a script. Nothing happens between steps.
/// The same seed with the same calls gives the same run.
/// </summary>
/// <remarks>
/// Use it from one thread at a time. It runs everything on the caller's thread, with the synchronization context taken away and the execution context of the moment at which the simulation
/// was made, so that each step ends where the cache itself would wait. What comes from another thread while a step runs is not taken: the run ends with an exception that shows where it came from.
/// </remarks>
/// <example><code>
/// var simulation = new SimulationScheduler(seed: 42);
/// var authority = new MemoryAuthority(simulation.AddNode("authority"));
/// var network = new SimulatedNetwork(simulation);
/// var node = simulation.AddNode("a", clockRate: 1.005);
/// var link = authority.Connect(network, node);
/// node.Post("get", () => calls.Add(cache.GetOrCreateAsync("k", factory).AsTask()));
/// simulation.RunUntil(() => calls.All(call => call.IsCompleted));
/// </code></example>
public sealed class SimulationScheduler
{
    /// <summary>What a script answers to let time pass instead of running a step.</summary>
    public const int LetTimePass = -1;

    private readonly Func<IReadOnlyList<SimulationStep>, int>? _script;
    private readonly Random _picks;
    private readonly List<SimulationNode> _nodes = [];
    private readonly List<SimulationStep> _waiting = [];
    private readonly List<SimulationStep> _ready = [];
    private readonly ExecutionContext? _context = ExecutionContext.Capture();
    private int _thread;
    private string? _stray;
    private double _timePasses = 0.1;
    private TimeSpan _longestWait = TimeSpan.FromSeconds(1);

    /// <summary>Makes a world without nodes.</summary>
    /// <param name="seed">What all choices follow from.</param>
    /// <param name="script">
    /// Picks the next step instead of the seed: is given the steps that could run and answers the index of one, or <see cref="LetTimePass"/>. Null for the seed.
    /// </param>
    public SimulationScheduler(int seed, Func<IReadOnlyList<SimulationStep>, int>? script = null)
    {
        Seed = seed;
        _script = script;
        Random = new Random(seed);
        _picks = Fork();
    }

    /// <summary>The seed.</summary>
    public int Seed { get; }

    /// <summary>A source of chance for whoever drives the simulation: it belongs to the seed, and to nobody else.</summary>
    public Random Random { get; }

    /// <summary>How much time has passed in the world.</summary>
    public TimeSpan Now { get; private set; }

    /// <summary>How many steps have run.</summary>
    public long StepCount { get; private set; }

    /// <summary>All nodes, those that are down included.</summary>
    public IReadOnlyList<SimulationNode> Nodes => _nodes;

    /// <summary>
    /// How likely it is that time passes although steps could run, which is how work comes late. From 0 (never) to 1; 0.1 by default. When no step can run, time passes in any case.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not from 0 to 1.</exception>
    public double TimePasses
    {
        get => _timePasses;
        set => _timePasses = value is >= 0 and <= 1
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, $"TimePasses is {value}; set it from 0 to 1.");
    }

    /// <summary>The most time that passes in one go. One second by default; more than zero.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not more than zero.</exception>
    public TimeSpan LongestWait
    {
        get => _longestWait;
        set => _longestWait = value > TimeSpan.Zero
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, $"LongestWait is {value}; set it above zero.");
    }

    /// <summary>
    /// True, the default, when those who wait for something go on in a step of their own after it has ended, so that other things may happen in between. False lets them go on at once: fewer steps, fewer
    /// accidents.
    /// </summary>
    public bool ResumesInSteps { get; set; } = true;

    /// <summary>Is told of every step before it runs, for a trace. Null by default.</summary>
    public Action<SimulationStep>? Watch { get; set; }

    /// <summary>The steps that could run now, in the order in which they came up.</summary>
    public IReadOnlyList<SimulationStep> Ready
    {
        get
        {
            CollectReady();
            return [.. _ready];
        }
    }

    /// <summary>Adds a node.</summary>
    /// <param name="name">What it is called in the trace.</param>
    /// <param name="clockRate">How fast its clock goes: 1 as the world's.</param>
    /// <returns>The node, running.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The rate is not a positive, finite number.</exception>
    public SimulationNode AddNode(string name, double clockRate = 1)
    {
        ArgumentNullException.ThrowIfNull(name);
        var node = new SimulationNode(this, name, clockRate);
        _nodes.Add(node);
        return node;
    }

    /// <summary>Runs the next step, or lets time pass until the next timer.</summary>
    /// <returns>False when nothing can run and no timer is set: then nothing would ever happen again by itself.</returns>
    public bool Step()
    {
        CollectReady();
        var index = Pick();
        if (index == LetTimePass)
        {
            return PassTime();
        }

        Run(_ready[index]);
        return true;
    }

    /// <summary>Runs one step of <see cref="Ready"/>.</summary>
    /// <param name="step">The step.</param>
    /// <exception cref="InvalidOperationException">
    /// It has run already, its node has crashed, or something is in its way. Or what is simulated went on by itself on another thread; the message says where.
    /// </exception>
    public void Run(SimulationStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        if (!step.CanRun || !_waiting.Remove(step))
        {
            throw new InvalidOperationException($"The step \"{step}\" can not run now; take one of Ready.");
        }

        StepCount++;
        Watch?.Invoke(step);
        var outer = _thread;
        _thread = Environment.CurrentManagedThreadId;
        try
        {
            Execute(step);
        }
        finally
        {
            _thread = outer;
        }

        if (_stray is { } stray)
        {
            throw new InvalidOperationException(stray);
        }
    }

    /// <summary>Runs steps, while time stands still, until none can run.</summary>
    /// <param name="maximumSteps">How many steps it may take.</param>
    /// <returns>How many it took.</returns>
    /// <exception cref="InvalidOperationException">There were more: something goes in circles.</exception>
    public int RunUntilIdle(int maximumSteps = 100_000)
    {
        for (var taken = 0; ; taken++)
        {
            CollectReady();
            if (_ready.Count == 0)
            {
                return taken;
            }

            if (taken == maximumSteps)
            {
                throw new InvalidOperationException($"The simulation is not idle after {maximumSteps} steps; the next would be \"{_ready[0]}\".");
            }

            var index = _script is null ? _picks.Next(_ready.Count) : Math.Max(0, Checked(_script(_ready)));
            Run(_ready[index]);
        }
    }

    /// <summary>Runs steps and lets time pass until a condition holds.</summary>
    /// <param name="condition">Looked at before each step.</param>
    /// <param name="maximumSteps">How many steps it may take.</param>
    /// <returns>True when it holds; false when nothing more happens, or the steps did not suffice.</returns>
    public bool RunUntil(Func<bool> condition, int maximumSteps = 100_000)
    {
        ArgumentNullException.ThrowIfNull(condition);
        for (var taken = 0; taken < maximumSteps; taken++)
        {
            if (condition())
            {
                return true;
            }

            if (!Step())
            {
                break;
            }
        }

        return condition();
    }

    /// <summary>Lets time pass on every node, each at the rate of its clock. Timers that fall due become steps; they do not run.</summary>
    /// <param name="by">How long.</param>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative.</exception>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        Now += by;
        foreach (var node in _nodes)
        {
            node.Clock.Advance(by);
        }
    }

    internal Random Fork() => new(Random.Next());

    internal void Add(SimulationStep step)
    {
        // What is added from elsewhere while a step runs has left the simulation: whatever it does from here on follows from no seed.
        if (_thread != 0 && _thread != Environment.CurrentManagedThreadId)
        {
            _stray = $"\"{step}\" came from another thread while a step was running; what is simulated must not use the thread pool or timers of its own:{Environment.NewLine}{Environment.StackTrace}";
            return;
        }

        _waiting.Add(step);
    }

    internal void Remove(SimulationStep step) => _waiting.Remove(step);

    /// <summary>Drops what a node that crashes would still have done.</summary>
    internal void Forget(SimulationNode node) => _waiting.RemoveAll(step => step.Node == node);

    /// <summary>Runs it on this thread, so that whatever it completes goes on here and now, and nothing of its context leaks into other steps.</summary>
    internal void Execute(SimulationStep step)
    {
        var outer = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            if (_context is null)
            {
                step.Run();
            }
            else
            {
                ExecutionContext.Run(_context, static step => Enter((SimulationStep)step!), step);
            }
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(outer);
        }
    }

    // The captured context brings its own synchronization context along.
    private static void Enter(SimulationStep step)
    {
        SynchronizationContext.SetSynchronizationContext(null);
        step.Run();
    }

    private int Pick()
    {
        if (_script is not null)
        {
            return _ready.Count == 0 ? LetTimePass : Checked(_script(_ready));
        }

        if (_ready.Count == 0 || (_timePasses > 0 && UntilNextTimer() is not null && _picks.NextDouble() < _timePasses))
        {
            return LetTimePass;
        }

        return _picks.Next(_ready.Count);
    }

    private int Checked(int index) =>
        index >= LetTimePass && index < _ready.Count
            ? index
            : throw new InvalidOperationException($"The script answered {index}; answer from {LetTimePass} to {_ready.Count - 1}.");

    // To the next timer, or, every second time, to some moment before it.
    private bool PassTime()
    {
        if (UntilNextTimer() is not { } wait)
        {
            return false;
        }

        wait = wait < _longestWait ? wait : _longestWait;
        Advance(_script is null && _picks.Next(2) == 0 ? TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds * _picks.NextDouble())) : wait);
        return true;
    }

    private TimeSpan? UntilNextTimer()
    {
        TimeSpan? least = null;
        foreach (var node in _nodes)
        {
            if (node.Clock.UntilNextTimer is { } wait && (least is null || wait < least))
            {
                least = wait;
            }
        }

        return least;
    }

    private void CollectReady()
    {
        // A timer of no time at all is due without the clock's moving.
        foreach (var node in _nodes)
        {
            if (node.Clock.UntilNextTimer == TimeSpan.Zero)
            {
                node.Clock.Advance(TimeSpan.Zero);
            }
        }

        _ready.Clear();
        foreach (var step in _waiting)
        {
            if (step.CanRun)
            {
                _ready.Add(step);
            }
        }
    }
}
