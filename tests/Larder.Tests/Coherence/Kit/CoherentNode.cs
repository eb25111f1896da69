using System.Text;
using Larder.Coherence;
using Larder.Ports;
using Larder.Tests.Support;

namespace Larder.Tests.Coherence.Kit;

/// <summary>
/// One process with a memory that follows the rules of a cache: it keeps what its observation allows, serves it while the gate is open, and drops what it is told to.
/// </summary>
internal sealed class CoherentNode : ITierListener
{
    internal const string Key = "k";

    private readonly ManualScheduler _scheduler;
    private readonly List<TierObservation> _observations = [];

    internal CoherentNode(MemoryAuthority authority, int number, LinkedAuthorityOptions options, FakeClock clock, bool isOrdered)
    {
        Clock = clock;
        _scheduler = new ManualScheduler(clock, number);
        Link = new SteppedLink(authority.Connect(isOrdered, onThreadPool: false));
        Tier = new LinkedAuthority(Link, options);
        Host = new TierHost(World.CacheName, this, _scheduler, Logs);
        Tier.Attach(Host);
    }

    internal FakeClock Clock { get; }

    internal SteppedLink Link { get; }

    internal LinkedAuthority Tier { get; }

    internal TierHost Host { get; }

    internal LogCollector Logs { get; } = new();

    internal Dictionary<string, string> Memory { get; } = [];

    internal List<string> Events { get; } = [];

    internal bool MayServe => Tier.Gate.ServesUntil > Host.Milliseconds;

    public void KeyChanged(string key)
    {
        Events.Add("key " + key);
        Memory.Remove(key);
        _observations.FindAll(observation => observation.Key == key).ForEach(static observation => observation.NoteChange());
    }

    public void FenceMoved(FenceName name) => Events.Add("fence " + name);

    public void Missed()
    {
        Events.Add("missed");
        Memory.Clear();
        _observations.ForEach(static observation => observation.Void());
        _observations.Clear();
    }

    internal TierObservation Observe(string key = Key)
    {
        var observation = new TierObservation(key);
        _observations.Add(observation);
        return observation;
    }

    /// <summary>What a memory hit answers; null for none.</summary>
    internal string? Serve(string key = Key) => MayServe ? Memory.GetValueOrDefault(key) : null;

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

    /// <summary>Reads the key into memory.</summary>
    internal bool Load(string key = Key)
    {
        var observation = Observe(key);
        using var reading = Done(Tier.GetAsync(key, observation, default));
        return reading.HasValue && Keep(observation, Text(reading));
    }

    internal static string Text(TierReading reading)
    {
        var bytes = System.Buffers.BuffersExtensions.ToArray(reading.Body);
        return Encoding.UTF8.GetString(bytes, TierWrite.FreshUntilSize, bytes.Length - TierWrite.FreshUntilSize);
    }

    internal static TierWrite Write(string value)
    {
        var bytes = new byte[TierWrite.FreshUntilSize + value.Length];
        Encoding.UTF8.GetBytes(value, bytes.AsSpan(TierWrite.FreshUntilSize));
        return new TierWrite(new System.Buffers.ReadOnlySequence<byte>(bytes), TimeSpan.FromHours(1));
    }

    /// <summary>Claims the key as a load does, and gets the right.</summary>
    internal (ITierLease Lease, TierObservation Observation) Claim(FenceToken unusable = default, long leaseMilliseconds = World.LoadLease)
    {
        var observation = Observe();
        var claim = Done(Tier.ClaimAsync(Key, unusable, observation, TimeSpan.FromMilliseconds(leaseMilliseconds), default));
        Assert.Equal(TierStatus.Leased, claim.Status);
        return (claim.Lease!, observation);
    }

    internal StoreOutcome Fill(ITierLease lease, string value) => Done(lease.FillAsync(Write(value), Host.NewTestToken(), default));

    internal StoreOutcome Set(string value, TierObservation? observation = null) =>
        Done(Tier.SetAsync(Key, Write(value), Host.NewTestToken(), observation, default));

    internal bool Remove(string key = Key) => Done(Tier.RemoveAsync(new[] { key }, default));

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

    /// <summary>Ends the call by letting this node go on.</summary>
    internal T Done<T>(ValueTask<T> call) => Done(call.AsTask());

    internal T Done<T>(Task<T> call)
    {
        Settle();
        Assert.True(call.IsCompleted, "The call has not ended.");
        return call.GetAwaiter().GetResult();
    }

    internal void Done(ValueTask call)
    {
        var task = call.AsTask();
        Settle();
        Assert.True(task.IsCompleted, "The call has not ended.");
        task.GetAwaiter().GetResult();
    }

    private bool Advance() => _scheduler.RunQueued() | Link.Serve() | Link.Deliver();
}
