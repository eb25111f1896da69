using System.Globalization;
using System.Text;

namespace Larder.Simulation.Tests;

/// <summary>One seed from beginning to end: random calls and faults between random steps, then peace, then a last look from every node.</summary>
internal sealed class SimulatedRun
{
    // A world at peace needs far fewer to answer everything.
    private const int MostStepsToRest = 60_000;
    private readonly World _world;
    private readonly StringBuilder? _trace;

    internal SimulatedRun(int seed, bool traces)
    {
        _world = new World(seed);
        if (traces)
        {
            _trace = new StringBuilder();
            _world.Simulation.Watch = step => Note($"    {step}");
            Note(_world.Plan.ToString());
        }
    }

    internal string Trace => _trace?.ToString() ?? "";

    internal History History => _world.History;

    internal void Run()
    {
        // Some worlds begin when everybody is connected, some in the middle of that.
        Advance(_world.Chance.Next(200));
        for (var action = 0; action < _world.Plan.Actions; action++)
        {
            Note(_world.Chance.NextDouble() < _world.Plan.Faults ? _world.Disturbance.Strike() : _world.Calls.Make());
            Advance(_world.Chance.Next(25));
            _world.Calls.ThrowBroken();
            _world.Calls.LookIntoMemory();
        }

        // From here on time passes only when there is nothing else to do, so that nobody's patience ends for want of a turn.
        Note("peace");
        _world.Disturbance.End();
        _world.IsTroubled = false;
        _world.Simulation.TimePasses = 0;
        Rest();
        Settle();
        if (_world.Processes.FirstOrDefault(static process => process.Cache.Statistics.QueuedRemovals > 0) is { } behind)
        {
            throw new BrokenPromiseException($"{behind.Node} has still to tell the authority of {behind.Cache.Statistics.QueuedRemovals} removals, long after everything works again");
        }

        Note("the last look");
        _world.Calls.MakeFinal();
        Rest();
    }

    private void Advance(int steps)
    {
        for (var step = 0; step < steps; step++)
        {
            _world.Simulation.Step();
        }
    }

    private void Rest()
    {
        if (!_world.Simulation.RunUntil(() => !_world.Calls.Unanswered.Any(), MostStepsToRest))
        {
            var waiting = string.Join(", ", _world.Calls.Unanswered.Select(call => call.What));
            throw new BrokenPromiseException($"no answer after {MostStepsToRest} steps at peace, {_world.Simulation.Now}: {waiting}");
        }

        _world.Calls.ThrowBroken();
    }

    /// <summary>Lets every message arrive and every lease of before run out.</summary>
    private void Settle()
    {
        var until = _world.Simulation.Now + (2 * _world.Plan.Lease) + TimeSpan.FromSeconds(30);
        _world.Simulation.RunUntil(() => _world.Simulation.Now >= until, MostStepsToRest);
    }

    private void Note(string what) =>
        _trace?.AppendLine(string.Create(CultureInfo.InvariantCulture, $"{_world.Simulation.StepCount,6} {_world.Simulation.Now.TotalMilliseconds,9:0.0} ms  {what}"));
}
