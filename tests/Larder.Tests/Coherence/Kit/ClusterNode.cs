using Larder.Coherence;
using Larder.Ports;

namespace Larder.Tests.Coherence.Kit;

/// <summary>One process over a cluster, with a memory that follows the rules of a cache: it keeps what its observation allows, serves it while the gate is open, and drops what it is told to.</summary>
internal sealed class ClusterNode : ITierListener
{
    private readonly ManualScheduler _scheduler;
    private readonly List<TierObservation> _observations = [];

    internal ClusterNode(MemoryCluster cluster, int number, LinkedAuthorityOptions options, FakeClock clock)
    {
        Clock = clock;
        _scheduler = new ManualScheduler(clock, number);
        Shards = new SteppedShards(cluster.Connect());
        Tier = new ShardedAuthority(Shards, options);
        Host = new TierHost(World.CacheName, this, _scheduler, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        Tier.Attach(Host);
    }

    internal FakeClock Clock { get; }

    internal SteppedShards Shards { get; }

    internal ShardedAuthority Tier { get; }

    internal TierHost Host { get; }

    internal Dictionary<string, string> Memory { get; } = [];

    internal List<string> Events { get; } = [];

    internal bool MayServe => Tier.Gate.ServesUntil > Host.Milliseconds;

    public void KeyChanged(string key)
    {
        Events.Add("key " + key);
        Memory.Remove(key);
        _observations.FindAll(observation => observation.Key == key).ForEach(static observation => observation.NoteChange());
    }

    public void KeysMissed(Func<string, bool> areThey)
    {
        Events.Add("keys missed");
        Memory.Keys.Where(areThey).ToList().ForEach(key => Memory.Remove(key));
        _observations.FindAll(observation => areThey(observation.Key)).ForEach(static observation => observation.Void());
    }

    public void FenceMoved(FenceName name) => Events.Add("fence " + name);

    public void Missed()
    {
        Events.Add("missed");
        Memory.Clear();
        _observations.ForEach(static observation => observation.Void());
        _observations.Clear();
    }

    internal TierObservation Observe(string key)
    {
        var observation = new TierObservation(key);
        _observations.Add(observation);
        return observation;
    }

    /// <summary>What a memory hit answers; null for none.</summary>
    internal string? Serve(string key) => MayServe ? Memory.GetValueOrDefault(key) : null;

    /// <summary>Memory's insert.</summary>
    internal bool Keep(TierObservation observation, string value)
    {
        if (!observation.AllowsKeeping)
        {
            return false;
        }

        Memory[observation.Key] = value;
        return true;
    }

    /// <summary>Reads the key into memory. False when it is not there, or not to be kept.</summary>
    internal bool Load(string key)
    {
        var observation = Observe(key);
        using var reading = Done(Tier.GetAsync(key, observation, default));
        return reading.HasValue && Keep(observation, CoherentNode.Text(reading));
    }

    internal StoreOutcome Set(string key, string value, TierObservation? observation = null) =>
        Done(Tier.SetAsync(key, CoherentNode.Write(value), Host.NewTestToken(), observation, default));

    internal bool Remove(string key) => Done(Tier.RemoveAsync(new[] { key }, default));

    /// <summary>Claims the key as a load does, and gets the right.</summary>
    internal (ITierLease Lease, TierObservation Observation) Claim(string key, FenceToken unusable = default)
    {
        var observation = Observe(key);
        var claim = Done(Tier.ClaimAsync(key, unusable, observation, TimeSpan.FromMilliseconds(World.LoadLease), default));
        Assert.Equal(TierStatus.Leased, claim.Status);
        return (claim.Lease!, observation);
    }

    internal StoreOutcome Fill(ITierLease lease, string value) => Done(lease.FillAsync(CoherentNode.Write(value), Host.NewTestToken(), default));

    /// <summary>Lets everything of this node go on until nothing is under way, while time stands still.</summary>
    internal void Settle()
    {
        for (var i = 0; Advance(); i++)
        {
            Assert.True(i < 10_000, "The node does not come to rest.");
        }
    }

    /// <summary>Goes on with work that is queued, without the network.</summary>
    internal void Run() => _scheduler.RunQueued();

    internal T Done<T>(ValueTask<T> call) => Done(call.AsTask());

    internal T Done<T>(Task<T> call)
    {
        Settle();
        Assert.True(call.IsCompleted, "The call has not ended.");
        return call.GetAwaiter().GetResult();
    }

    private bool Advance()
    {
        var any = _scheduler.RunQueued();
        foreach (var link in Shards.Links)
        {
            any |= link.Serve() | link.Deliver();
        }

        return any;
    }
}
