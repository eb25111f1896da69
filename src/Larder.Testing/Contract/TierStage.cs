using System.Buffers;
using System.Buffers.Binary;
using Larder.Ports;

namespace Larder.Testing;

/// <summary>What one rule works with: a fresh store, one or two nodes on it, and time.</summary>
internal sealed class TierStage : IAsyncDisposable
{
    internal const string Key = "key";

    /// <summary>Long enough for a rule.</summary>
    internal static readonly TimeSpan Long = TimeSpan.FromMinutes(10);

    internal static readonly TimeSpan Lease = TimeSpan.FromSeconds(2);

    private readonly TierContractSettings _settings;
    private readonly FakeClock? _clock;
    private readonly List<ITier> _open = [];

    private TierStage(TierContractSettings settings)
    {
        _settings = settings;
        _clock = settings.LetTimePass is null ? new FakeClock() : null;
        Time = _clock ?? TimeProvider.System;
    }

    /// <summary>The first node.</summary>
    internal StageNode Node { get; private set; } = null!;

    /// <summary>Another node on the same store; the first one again for a tier that nodes do not share.</summary>
    internal StageNode Other { get; private set; } = null!;

    internal ITier Tier => Node.Tier;

    private TimeProvider Time { get; }

    internal static async Task<TierStage> OpenAsync(TierContractSettings settings)
    {
        var stage = new TierStage(settings);
        stage.Node = await stage.AttachAsync(settings.Make(stage.Time)).ConfigureAwait(false);
        stage.Other = settings.MakeAnother is { } another
            ? await stage.AttachAsync(another(stage.Node.Tier, stage.Time)).ConfigureAwait(false)
            : stage.Node;
        return stage;
    }

    /// <summary>A value whose first eight bytes are the end of its freshness, as in every body of a cache.</summary>
    internal static TierWrite Value(byte seed, int size = 40, TimeSpan? lifetime = null, long freshUntil = 5_000_000_000_000)
    {
        var body = new byte[size];
        for (var i = 0; i < size; i++)
        {
            body[i] = (byte)(seed + i);
        }

        if (size >= TierWrite.FreshUntilSize)
        {
            BinaryPrimitives.WriteInt64BigEndian(body, freshUntil);
        }

        return new TierWrite(new ReadOnlySequence<byte>(body), lifetime ?? Long);
    }

    /// <summary>Stores a value, and answers its token.</summary>
    internal async Task<FenceToken> PutAsync(TierWrite write, string key = Key, StageNode? on = null)
    {
        var token = FenceToken.Create();
        var outcome = await (on ?? Node).Tier.SetAsync(key, write, token, null, CancellationToken.None).ConfigureAwait(false);
        Expect.Equal(StoreOutcome.Stored, outcome, "SetAsync by the only writer");
        return token;
    }

    internal ValueTask<TierReading> GetAsync(string key = Key, StageNode? on = null, TierObservation? observation = null) =>
        (on ?? Node).Tier.GetAsync(key, observation, CancellationToken.None);

    /// <summary>Asks for the right to load, as a flight does.</summary>
    internal ValueTask<TierClaim> ClaimAsync(StageNode? on = null, FenceToken unusable = default, TierObservation? observation = null, TimeSpan? lease = null, string key = Key)
    {
        on ??= Node;
        return on.Tier.ClaimAsync(key, unusable, observation ?? on.Watch(key), lease ?? Lease, CancellationToken.None);
    }

    internal async Task<ITierLease> LeaseAsync(StageNode? on = null, FenceToken unusable = default, TierObservation? observation = null, TimeSpan? lease = null) =>
        Expect.Leased(await ClaimAsync(on, unusable, observation, lease).ConfigureAwait(false), "ClaimAsync by the only node that asks");

    /// <summary>Reads with an observation, on a node that would keep what it reads.</summary>
    internal async Task<TierObservation> KeepAsync(StageNode on, string key = Key)
    {
        var observation = on.Watch(key);
        using var reading = await GetAsync(key, on, observation).ConfigureAwait(false);
        Expect.Armed(observation, "GetAsync");
        return observation;
    }

    /// <summary>The observation is as it must be after a reading: memory may take what was read, unless nothing was there and the tier does not watch that.</summary>
    internal void Observed(TierObservation observation, TierStatus status, string what)
    {
        if (status == TierStatus.Absent && !_settings.WatchesMissing)
        {
            Expect.True(!observation.AllowsKeeping, $"{what} leaves the observation unarmed, since the tier does not watch missing keys");
        }
        else
        {
            Expect.Armed(observation, what);
        }
    }

    /// <summary>Waits for something that another node or another thread does.</summary>
    internal Task EventuallyAsync(Func<bool> condition, string expected) => Patience.UntilAsync(condition, expected, _settings.Patience);

    /// <summary>Waits for a task that must end.</summary>
    internal Task EndsAsync(Task task, string expected) => Patience.EndsAsync(task, expected, _settings.Patience);

    /// <summary>Waits for a task that ends when a key may have changed, and at the latest when the lease that kept it out would have run out.</summary>
    internal async Task WokenAsync(Task changed, string because)
    {
        if (!changed.IsCompleted)
        {
            await PassAsync(Lease * 1.25).ConfigureAwait(false);
        }

        await EndsAsync(changed, $"Changed ends, since {because}, at the latest when the lease would have run out").ConfigureAwait(false);
    }

    /// <summary>Lets time pass for the store and for all nodes that are alive.</summary>
    internal async Task PassAsync(TimeSpan time)
    {
        if (_settings.LetTimePass is { } pass)
        {
            await pass(time).ConfigureAwait(false);
            return;
        }

        // In small steps, so that what renews itself has its turns: an answer to a call comes after those to the calls that the clock has set off.
        const int Steps = 40;
        for (var step = 0; step < Steps; step++)
        {
            _clock!.Advance(time / Steps);
            await Settling.SettleAsync().ConfigureAwait(false);
            foreach (var tier in _open)
            {
                using var answer = await tier.GetAsync("settling", null, CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Ends a node, as if its process was gone.</summary>
    internal async Task KillAsync(StageNode node)
    {
        _open.Remove(node.Tier);
        await (_settings.Kill is { } kill ? kill(node.Tier) : node.Tier.DisposeAsync()).ConfigureAwait(false);
    }

    /// <summary>Puts the key on hold.</summary>
    internal Task HoldAsync(TimeSpan time) => _settings.Hold!(Node.Tier, Key, time);

    public async ValueTask DisposeAsync()
    {
        foreach (var tier in _open)
        {
            await tier.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task<StageNode> AttachAsync(ITier tier)
    {
        var node = new StageNode(tier);
        _open.Add(tier);
        tier.Attach(new TierHost(_settings.CacheName, node, Time));
        if (tier is ITierHealth health)
        {
            await EventuallyAsync(() => health.IsAvailable, "the tier is available once it is attached").ConfigureAwait(false);
        }

        return node;
    }
}
