using System.Globalization;
using Larder.Ports;

namespace Larder.Tests.Coherence.Kit;

/// <summary>
/// Three nodes over a cluster of two that read, remove and set one key at Strict, step by step in an order that follows from a seed, while its slot and the homes of the ranges move, connections break, registries are evicted and clocks
/// drift. Some reads keep what the store was not given. No read may answer what a completed change had done away with before the read began.
/// </summary>
internal sealed class ClusterRun(int seed)
{
    private const int Steps = 600;
    private const int MostReads = 6;

    private readonly Random _random = new(seed);
    private readonly ClusterWorld _world = new();
    private readonly List<Task> _tasks = [];
    private readonly List<TaskCompletionSource> _sources = [];
    private readonly Dictionary<ClusterNode, Flight> _flights = [];
    private int _version = 1;
    private int _floor = 1;
    private bool _isChanging;

    /// <summary>What happened: a run in which nothing happens proves nothing.</summary>
    internal (int Hits, int Joins, int Changes, int Kept, long Strays) Seen { get; private set; }

    internal void Run()
    {
        for (var i = 0; i < 3; i++)
        {
            // Almost as much as the protocol allows, and never the same.
            _world.Add(new FakeClock { Rate = 0.9905 + (0.019 * _random.NextDouble()) });
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
        Seen = Seen with { Strays = _world.Nodes.Sum(static node => node.Shards.Inner.StrayCommands) };
    }

    private void Step(ClusterNode node)
    {
        var link = node.Shards.Links.ElementAt(_random.Next(3));
        switch (_random.Next(110))
        {
            case < 25:
                link.Serve();
                break;
            case < 50:
                link.Deliver();
                break;
            case < 62:
                node.Run();
                break;
            case < 74 when _tasks.Count(static task => !task.IsCompleted) < MostReads:
                _tasks.Add(ReadAsync(node));
                break;
            case < 80:
                ReleaseSource();
                break;
            case < 84 when !_isChanging:
                _tasks.Add(ChangeAsync(node));
                break;
            case < 93:
                node.Settle();
                break;
            case < 97:
                _world.Advance(_random.Next(1, 400));
                break;
            case 97:
                _world.Advance(_random.Next(1, 6_000));
                break;
            case 98 when node.Tier.IsAvailable:
                node.Shards[_random.Next(2)].Cut();
                break;
            case 99:
                _world.Cluster.Evict(World.CacheName, _world.Key);
                break;
            case 100 when _random.Next(3) == 0:
                _world.Cluster.EvictRegistry(World.CacheName, _random.Next(2));
                break;
            case 101 or 102 or 103:
                _world.MoveKey(_random.Next(2));
                break;
            case 104 or 105:
                _world.MoveHome(_random.Next(2), _random.Next(2));
                break;
            case 106:
                // The usual place of both, so that keys do not remain strays.
                _world.MoveHome(0);
                _world.MoveKey(0);
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

    private async Task ReadAsync(ClusterNode node)
    {
        var floor = _floor;
        if (node.Serve(_world.Key) is { } hit)
        {
            Seen = Seen with { Hits = Seen.Hits + 1 };
            AssertFresh(hit, floor);
            return;
        }

        if (node.MayServe && _flights.TryGetValue(node, out var running) && running.MayBeJoined)
        {
            Seen = Seen with { Joins = Seen.Joins + 1 };
            AssertFresh(await running.JoinAsync(), floor);
            return;
        }

        AssertFresh(_random.Next(5) == 0 ? await LeadUnstoredAsync(node) : await LeadAsync(node), floor);
    }

    private async Task<string> LeadAsync(ClusterNode node)
    {
        for (var i = 0; i < 5; i++)
        {
            var observation = node.Observe(_world.Key);
            var flight = new Flight(observation);
            _flights[node] = flight;
            var claim = await node.Tier.ClaimAsync(_world.Key, default, observation, TimeSpan.FromMilliseconds(World.LoadLease), default);
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
                    observation.Void();
                    return flight.End(await LoadAsync());
            }
        }

        return await LoadAsync();
    }

    /// <summary>As a call that does not want the store to have the value: it is kept and shared under a reading of the key.</summary>
    private async Task<string> LeadUnstoredAsync(ClusterNode node)
    {
        var observation = node.Observe(_world.Key);
        using var reading = await node.Tier.GetAsync(_world.Key, observation, default);
        if (reading.HasValue)
        {
            var found = CoherentNode.Text(reading);
            Keep(node, observation, found);
            return found;
        }

        if (!observation.IsArmed)
        {
            return await LoadAsync();
        }

        var flight = new Flight(observation);
        _flights[node] = flight;
        var loaded = await LoadAsync();
        Keep(node, observation, loaded);
        return flight.End(loaded);
    }

    private void Keep(ClusterNode node, TierObservation observation, string value)
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

    private async Task ChangeAsync(ClusterNode node)
    {
        _isChanging = true;
        var version = ++_version;
        var isSet = _random.Next(3) == 0;
        for (var i = 0; i < 20; i++)
        {
            DropLocally(node);
            var isDone = isSet
                ? await node.Tier.SetAsync(
                    _world.Key, CoherentNode.Write(version.ToString(CultureInfo.InvariantCulture)), node.Host.NewTestToken(), null, default) != StoreOutcome.Unavailable
                : await node.Tier.RemoveAsync(new[] { _world.Key }, default);
            DropLocally(node);
            if (isDone && await node.Tier.SynchronizeAsync(RemovalKind.Key, new[] { _world.Key }, default))
            {
                _floor = Math.Max(_floor, version);
                Seen = Seen with { Changes = Seen.Changes + 1 };
                break;
            }
        }

        _isChanging = false;
    }

    private void DropLocally(ClusterNode node)
    {
        node.Memory.Remove(_world.Key);
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

        // Who came before an unwatched reading began could share it; here nobody does.
        internal bool MayBeJoined => observation is { AllowsJoining: true, IsUnwatched: false };

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
