namespace Larder.Testing;

/// <summary>
/// What goes wrong in a <see cref="FaultyTier"/> or <see cref="FaultyCopyTier"/>, on command. Faults are tried in the order in which they were ordered; the first one that concerns a call hits it.
/// Thread-safe.
/// </summary>
/// <example><code>
/// var tier = FaultyTier.Around(new FileTier(folder));
/// tier.Faults.Fail(TierOperations.Get, times: 3);
/// var hang = tier.Faults.Hang(TierOperations.Stores);
/// ...
/// hang.Heal();
/// </code></example>
public sealed class TierFaults
{
    /// <summary>How often a fault strikes unless it is told otherwise: until it is healed.</summary>
    public const int Always = int.MaxValue;

    // As many bodies as are kept for TierDamage.OtherBody.
    private const int MostBodies = 16;

    private readonly object _gate = new();
    private readonly List<TierFault> _faults = [];
    private readonly Dictionary<TierOperations, int> _calls = [];
    private readonly Queue<(string Key, byte[] Body)> _bodies = new();
    private int _flips;

    /// <summary>Lets calls fail the way a tier fails: with <c>Unavailable</c>, false or null.</summary>
    /// <param name="operations">Which calls.</param>
    /// <param name="times">How many of them.</param>
    /// <param name="afterwards">True to carry the call out and lose its answer; false (the default) not to carry it out.</param>
    /// <returns>The fault.</returns>
    public TierFault Fail(TierOperations operations = TierOperations.All, int times = Always, bool afterwards = false) =>
        Add(new TierFault(this, FaultKind.Fail, operations, Checked(times)) { IsAfterwards = afterwards });

    /// <summary>Lets calls throw, which a tier must not do and a cache must bear.</summary>
    /// <param name="operations">Which calls.</param>
    /// <param name="exception">What is thrown; null for an <see cref="IOException"/>.</param>
    /// <param name="times">How many of them.</param>
    /// <param name="afterwards">True to carry the call out first.</param>
    /// <returns>The fault.</returns>
    public TierFault Throw(TierOperations operations = TierOperations.All, Exception? exception = null, int times = Always, bool afterwards = false) =>
        Add(new TierFault(this, FaultKind.Throw, operations, Checked(times)) { Exception = exception, IsAfterwards = afterwards });

    /// <summary>Lets calls hang until the fault is healed, when they go on, or until they are cancelled.</summary>
    /// <param name="operations">Which calls.</param>
    /// <param name="times">How many of them.</param>
    /// <param name="afterwards">True to carry the call out first, and then hang.</param>
    /// <returns>The fault.</returns>
    public TierFault Hang(TierOperations operations = TierOperations.All, int times = Always, bool afterwards = false) =>
        Add(new TierFault(this, FaultKind.Hang, operations, Checked(times)) { IsAfterwards = afterwards });

    /// <summary>Lets calls take longer.</summary>
    /// <param name="by">How long, on the clock of the cache.</param>
    /// <param name="operations">Which calls.</param>
    /// <param name="times">How many of them.</param>
    /// <param name="afterwards">True to carry the call out first, and then wait.</param>
    /// <returns>The fault.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The time is not more than zero.</exception>
    public TierFault Delay(TimeSpan by, TierOperations operations = TierOperations.All, int times = Always, bool afterwards = false)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(by, TimeSpan.Zero);
        return Add(new TierFault(this, FaultKind.Delay, operations, Checked(times)) { Delay = by, IsAfterwards = afterwards });
    }

    /// <summary>Damages the bytes of values: as they are read, and as they are written.</summary>
    /// <param name="damage">How.</param>
    /// <param name="operations">Which calls.</param>
    /// <param name="times">How many of them.</param>
    /// <returns>The fault.</returns>
    public TierFault Damage(TierDamage damage, TierOperations operations = TierOperations.Get | TierOperations.GetMany | TierOperations.Claim, int times = Always) =>
        damage switch
        {
            TierDamage.FlipBit => Damage(Flip, operations, times),
            TierDamage.Truncate => Damage(static body => body[..(body.Length / 2)], operations, times),
            TierDamage.OtherBody => Damage(Other, operations, times),
            _ => throw new ArgumentOutOfRangeException(nameof(damage), damage, $"{damage} is not a kind of damage."),
        };

    /// <summary>Damages the bytes of values in a way of your own.</summary>
    /// <param name="damage">Is given a copy of the bytes and answers what becomes of them.</param>
    /// <param name="operations">Which calls.</param>
    /// <param name="times">How many of them.</param>
    /// <returns>The fault.</returns>
    public TierFault Damage(Func<byte[], byte[]> damage, TierOperations operations, int times = Always)
    {
        ArgumentNullException.ThrowIfNull(damage);
        return Add(new TierFault(this, FaultKind.Damage, operations, Checked(times)) { Damage = damage });
    }

    /// <summary>Ends every fault.</summary>
    public void HealAll()
    {
        TierFault[] all;
        lock (_gate)
        {
            all = [.. _faults];
        }

        foreach (var fault in all)
        {
            fault.Heal();
        }
    }

    /// <summary>How many calls were made, those that failed included.</summary>
    /// <param name="operations">Which calls; several are added up.</param>
    /// <returns>The number.</returns>
    public int Calls(TierOperations operations = TierOperations.All)
    {
        lock (_gate)
        {
            return _calls.Where(call => operations.HasFlag(call.Key)).Sum(static call => call.Value);
        }
    }

    /// <summary>Sets the counts of calls back to zero.</summary>
    public void ResetCalls()
    {
        lock (_gate)
        {
            _calls.Clear();
        }
    }

    /// <summary>Counts a call, and answers what hits it; null for nothing.</summary>
    internal TierFault? Enter(TierOperations operation)
    {
        lock (_gate)
        {
            _calls[operation] = _calls.GetValueOrDefault(operation) + 1;
            return _faults.Find(fault => fault.Operations.HasFlag(operation) && fault.TryHit());
        }
    }

    /// <summary>Remembers a body, for <see cref="TierDamage.OtherBody"/>.</summary>
    internal void Saw(string key, byte[] body)
    {
        lock (_gate)
        {
            if (!_bodies.Any(seen => seen.Key == key))
            {
                _bodies.Enqueue((key, body));
                if (_bodies.Count > MostBodies)
                {
                    _bodies.Dequeue();
                }
            }
        }
    }

    internal void Forget(TierFault fault)
    {
        lock (_gate)
        {
            _faults.Remove(fault);
        }
    }

    private static int Checked(int times) =>
        times > 0 ? times : throw new ArgumentOutOfRangeException(nameof(times), times, $"times is {times}; set it to 1 or more, or leave it out.");

    private TierFault Add(TierFault fault)
    {
        lock (_gate)
        {
            _faults.Add(fault);
        }

        return fault;
    }

    private byte[] Flip(byte[] body)
    {
        if (body.Length > 0)
        {
            // Step by step through the bytes, so that the same calls are damaged in the same way.
            var flip = Interlocked.Increment(ref _flips) - 1;
            body[(int)((uint)flip * 31u % (uint)body.Length)] ^= (byte)(1 << (flip % 8));
        }

        return body;
    }

    private byte[] Other(byte[] body)
    {
        lock (_gate)
        {
            if (_bodies.FirstOrDefault(seen => !seen.Body.AsSpan().SequenceEqual(body)).Body is { } other)
            {
                return [.. other];
            }
        }

        return Flip(body);
    }
}
