using System.Globalization;
using Larder.Ports;

namespace Larder.Tests.Coherence.Kit;

/// <summary>
/// Three nodes that read, remove and set one key at Strict, step by step in an order that follows from a seed: packets late or lost, clocks that drift, keys and the registry evicted, nodes silent for a while. No
/// read may answer what a completed change had done away with before the read began.
/// </summary>
internal sealed class RandomRun(int seed)
{
    private const int Steps = 400;
    private const int MostReads = 6;

    private readonly Random _random = new(seed);
    private readonly World _world = new();
    private readonly List<Task> _tasks = [];
    private readonly List<TaskCompletionSource> _sources = [];
    private readonly Dictionary<CoherentNode, Flight> _flights = [];
    private int _version = 1;
    private int _floor = 1;
    private bool _isChanging;

    /// <summary>How many hits, joins and completed changes there were: a run in which nothing happens proves nothing.</summary>
    internal (int Hits, int Joins, int Changes, int Kept) Seen { get; private set; }

    internal void Run()
    {
        for (var i = 0; i < 3; i++)
        {
            // Almost as much as the protocol allows, and never the same.
            _world.Add(clock: new FakeClock { Rate = 0.9905 + (0.019 * _random.NextDouble()) });
        }

        if (_random.Next(4) != 0)
        {
            _world.GrowOld();
        }

        for (var step = 0; step < Steps; step++)
        {
            Step(_world.Nodes[_random.Next(_world.Nodes.Count)]);
            Check();
        }

        for (var i = 0; i < 400 && !_tasks.TrueForAll(static task => task.IsCompleted); i++)
        {
            ReleaseSource();
            _world.Pass(100);
        }

        Assert.True(_tasks.TrueForAll(static task => task.IsCompleted), $"Seed {seed}: a call never ends.");
        Check();
    }

    private void Step(CoherentNode node)
    {
        switch (_random.Next(100))
        {
            case < 22:
                node.Link.Serve();
                break;
            case < 44:
                node.Link.Deliver();
                break;
            case < 58:
                node.Run();
                break;
            case < 70 when _tasks.Count(static task => !task.IsCompleted) < MostReads:
                _tasks.Add(ReadAsync(node));
                break;
            case < 78:
                ReleaseSource();
                break;
            case < 82 when !_isChanging:
                _tasks.Add(ChangeAsync(node));
                break;
            case < 90:
                node.Settle();
                break;
            case < 95:
                _world.Advance(_random.Next(1, 400));
                break;
            case 95:
                _world.Advance(_random.Next(1, 6_000));
                break;
            case 96 when node.Tier.IsAvailable:
                node.Link.Cut();
                break;
            case 97:
                _world.Authority.Evict(World.CacheName, CoherentNode.Key);
                break;
            case 98 when _random.Next(3) == 0:
                _world.Authority.EvictRegistry(World.CacheName);
                break;
            case 99 when _random.Next(3) == 0:
                _world.Authority.FlushAll();
                break;
        }
    }

    private void Check()
    {
        foreach (var task in _tasks)
        {
            if (task.IsFaulted)
            {
                task.GetAwaiter().GetResult();
            }
        }

        _tasks.RemoveAll(static task => task.IsCompletedSuccessfully);
    }

    private void ReleaseSource()
    {
        if (_sources.Count > 0)
        {
            var source = _sources[_random.Next(_sources.Count)];
            _sources.Remove(source);
            source.SetResult();
        }
    }

    private async Task ReadAsync(CoherentNode node)
    {
        var floor = _floor;
        if (node.Serve() is { } hit)
        {
            Seen = Seen with { Hits = Seen.Hits + 1 };
            AssertFresh(hit, floor);
            return;
        }

        if (node.MayServe && _flights.TryGetValue(node, out var running) && running.Observation.AllowsJoining)
        {
            Seen = Seen with { Joins = Seen.Joins + 1 };
            AssertFresh(await running.JoinAsync(), floor);
            return;
        }

        AssertFresh(await LeadAsync(node), floor);
    }

    private async Task<string> LeadAsync(CoherentNode node)
    {
        for (var i = 0; i < 5; i++)
        {
            var observation = node.Observe();
            var flight = new Flight(observation);
            _flights[node] = flight;
            var claim = await node.Tier.ClaimAsync(CoherentNode.Key, default, observation, TimeSpan.FromMilliseconds(World.LoadLease), default);
            switch (claim.Status)
            {
                case TierStatus.Done:
                    var found = CoherentNode.Text(claim.Reading);
                    claim.Dispose();
                    Keep(node, observation, found);
                    return flight.End(found);
                case TierStatus.Leased:
                    var loaded = await LoadAsync();
                    flight.End(loaded);
                    if (await claim.Lease!.FillAsync(CoherentNode.Write(loaded), node.Host.NewTestToken(), default) == StoreOutcome.Stored)
                    {
                        Keep(node, observation, loaded);
                    }

                    return loaded;
                case TierStatus.Busy:
                    await claim.Changed!;
                    observation.Void();
                    flight.End(await LoadAsync());
                    break;
                default:
                    return flight.End(await LoadAsync());
            }
        }

        return await LoadAsync();
    }

    private void Keep(CoherentNode node, TierObservation observation, string value)
    {
        if (node.Keep(observation, value))
        {
            Seen = Seen with { Kept = Seen.Kept + 1 };
        }
    }

    // What the source says, a while before anybody hears of it.
    private async Task<string> LoadAsync()
    {
        var value = _version.ToString(CultureInfo.InvariantCulture);
        var source = new TaskCompletionSource();
        _sources.Add(source);
        await source.Task;
        return value;
    }

    private async Task ChangeAsync(CoherentNode node)
    {
        _isChanging = true;
        var version = ++_version;
        var isSet = _random.Next(3) == 0;
        for (var i = 0; i < 20; i++)
        {
            DropLocally(node);
            var isDone = isSet
                ? await node.Tier.SetAsync(
                    CoherentNode.Key, CoherentNode.Write(version.ToString(CultureInfo.InvariantCulture)), node.Host.NewTestToken(), null, default) != StoreOutcome.Unavailable
                : await node.Tier.RemoveAsync(new[] { CoherentNode.Key }, default);
            DropLocally(node);
            if (isDone && await node.Tier.SynchronizeAsync(default))
            {
                _floor = Math.Max(_floor, version);
                Seen = Seen with { Changes = Seen.Changes + 1 };
                break;
            }
        }

        _isChanging = false;
    }

    private void DropLocally(CoherentNode node)
    {
        node.Memory.Remove(CoherentNode.Key);
        if (_flights.Remove(node, out var flight))
        {
            flight.Observation.Void();
        }
    }

    private void AssertFresh(string value, int floor) =>
        Assert.True(int.Parse(value, CultureInfo.InvariantCulture) >= floor, $"Seed {seed}: version {value} was answered, although {floor} was completed before.");

    private sealed class Flight(TierObservation observation)
    {
        private readonly List<TaskCompletionSource<string>> _joined = [];
        private string? _value;

        internal TierObservation Observation => observation;

        // One for each: of several waiters of one task only one would go on here, the others on the pool.
        internal Task<string> JoinAsync()
        {
            var joined = new TaskCompletionSource<string>();
            if (_value is null)
            {
                _joined.Add(joined);
            }
            else
            {
                joined.SetResult(_value);
            }

            return joined.Task;
        }

        internal string End(string value)
        {
            _value = value;
            foreach (var joined in _joined.ToArray())
            {
                joined.SetResult(value);
            }

            return value;
        }
    }
}
