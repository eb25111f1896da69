namespace Larder.Ports;

/// <summary>
/// A store below memory that decides: the lowest tier of a cache, its authority. Whatever is written or removed is written or removed
/// here first, and every fence is taken from here. Implement it to put a cache on a store of your own; docs/writing-a-tier.md goes through an example, and
/// <c>Larder.Testing</c> has the contract as tests that any test framework can run.
/// </summary>
/// <remarks>
/// <para><b>Thread safety.</b> All members may be called by many threads at once, also for one key. Every command on one key is atomic.</para>
/// <para>
/// <b>Failures.</b> A tier answers failures with an outcome (<see cref="TierStatus.Unavailable"/>, <see cref="StoreOutcome.Unavailable"/>, false) and does
/// not throw; the cache treats an exception, other than that of its own cancellation, as unavailable. A call that does not answer is given up after
/// the cache's TierTimeout; what it would have changed may still change.
/// </para>
/// <para>
/// <b>Keys</b> are what callers gave, prefix included: valid UTF-16 without control characters. <b>Bodies</b> are bytes of the cache's own making
/// (docs/wire-format.md). A tier keeps next to each body the token that it was stored under, and treats both as opaque, but for
/// <see cref="TierWrite.FreshUntilSize"/>.
/// </para>
/// <para>
/// <b>Fences</b> belong to keys, tags and the whole cache. A key's fence is the token of its value or of its load lease. A missing fence means that what depends on
/// it is invalid: a tier may forget anything at any time, as a store under memory pressure does, and nothing old comes back to life.
/// </para>
/// </remarks>
public interface ITier : IAsyncDisposable
{
    /// <summary>What the tier is called in metrics, logs and health: a word such as "redis" or "disk".</summary>
    string Name { get; }

    /// <summary>What answers from this tier are called in <see cref="CacheResult{T}.Tier"/>.</summary>
    CacheTier Kind { get; }

    /// <summary>
    /// The largest encoded value that the tier takes, in bytes; a larger one is served, not stored, and counted, as with <see cref="CacheOptions.MaximumValueBytes"/>. Read once, when the cache is made. The default is no limit.
    /// </summary>
    long MaximumBodyBytes => long.MaxValue;

    /// <summary>Starts the tier. Called once, before anything else; must return at once and never throw for a store that is away.</summary>
    /// <param name="host">Whom to tell of changes, and the clock.</param>
    void Attach(TierHost host);

    /// <summary>Reads a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="observation">
    /// Armed by the tier when the answer, whatever it is, arrives; null when nothing will be kept of the answer and no announcement of later
    /// changes is needed.
    /// </param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>
    /// The value, <see cref="TierStatus.Absent"/> (also when there is only a lease or a number), <see cref="TierStatus.OnHold"/> (what is loaded now is kept nowhere, not in memory either), or
    /// <see cref="TierStatus.Unavailable"/>.
    /// </returns>
    ValueTask<TierReading> GetAsync(string key, TierObservation? observation, CancellationToken cancellationToken);

    /// <summary>Reads only what a key carries, for somebody who has a copy of the value and wants to know whether it still counts.</summary>
    /// <param name="key">The key.</param>
    /// <param name="observation">As for <see cref="GetAsync"/>.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>As for <see cref="GetAsync"/>, but the body may be left out. The default reads the whole value.</returns>
    ValueTask<TierReading> PeekAsync(string key, TierObservation? observation, CancellationToken cancellationToken) =>
        GetAsync(key, observation, cancellationToken);

    /// <summary>Reads several keys in one go.</summary>
    /// <param name="keys">The keys.</param>
    /// <param name="observations">As many, each as for <see cref="GetAsync"/>.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>As many answers, in the order of the keys. The default reads one key after the other.</returns>
    async ValueTask<TierReading[]> GetManyAsync(
        ReadOnlyMemory<string> keys, ReadOnlyMemory<TierObservation?> observations, CancellationToken cancellationToken)
    {
        var readings = new TierReading[keys.Length];
        for (var i = 0; i < readings.Length; i++)
        {
            readings[i] = await GetAsync(keys.Span[i], observations.Span[i], cancellationToken).ConfigureAwait(false);
        }

        return readings;
    }

    /// <summary>
    /// Asks for the right to load a key. Of all that ask, on all nodes, one gets it, also of those that name the same unusable value; it is renewed by the tier itself until it is filled, released or lost, and
    /// ends by itself when the node dies.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="unusable">
    /// The token of a value that the caller has read and can not use any more, or wants to refresh: it stays for others until the fill replaces
    /// it, and the fill succeeds only if it is still there. <see cref="FenceToken.None"/> when the caller knows of no value.
    /// </param>
    /// <param name="observation">
    /// Armed when the answer arrives; with a lease, from the moment that the key carries it. One of its own: an observation that was armed by a reading before
    /// would take the planting of the lease for a change.
    /// </param>
    /// <param name="leaseTime">How long the right outlives its node.</param>
    /// <param name="cancellationToken">Ends the waiting; a lease that is granted nevertheless is released by the tier.</param>
    /// <returns>The right, a value that the caller does not know, another node's load to wait for, a hold, or <see cref="TierStatus.Unavailable"/>.</returns>
    ValueTask<TierClaim> ClaimAsync(
        string key, FenceToken unusable, TierObservation observation, TimeSpan leaseTime, CancellationToken cancellationToken);

    /// <summary>Stores a value, whatever is there: the end of every load that is running for the key, on every node.</summary>
    /// <param name="key">The key.</param>
    /// <param name="write">The value.</param>
    /// <param name="token">The fresh token of the value.</param>
    /// <param name="observation">Armed when the value is stored; null when memory will not keep it.</param>
    /// <param name="cancellationToken">Ends the waiting; the store may still happen.</param>
    /// <returns>
    /// <see cref="StoreOutcome.FencedOff"/> when a later writer was faster, so that this value is over already.
    /// </returns>
    ValueTask<StoreOutcome> SetAsync(string key, TierWrite write, FenceToken token, TierObservation? observation, CancellationToken cancellationToken);

    /// <summary>Stores a value if the key still carries a token: that of a value, or one answered by <see cref="SnapshotAsync"/>.</summary>
    /// <param name="key">The key.</param>
    /// <param name="expected">The token that the key must carry. Never <see cref="FenceToken.None"/>.</param>
    /// <param name="write">The value.</param>
    /// <param name="token">The fresh token of the value.</param>
    /// <param name="observation">Armed when the value is stored; null when memory will not keep it.</param>
    /// <param name="cancellationToken">Ends the waiting; the store may still happen.</param>
    /// <returns>What became of it.</returns>
    ValueTask<StoreOutcome> ReplaceAsync(
        string key, FenceToken expected, TierWrite write, FenceToken token, TierObservation? observation, CancellationToken cancellationToken);

    /// <summary>
    /// The token that the key carries now; when it carries none, a fresh one is planted that makes nobody wait, so that "nothing is there" can be
    /// compared with later.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="lifetime">How long a planted token is kept.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>The token; <see cref="FenceToken.None"/> when the key is on hold, holds a number, or the tier is unavailable.</returns>
    ValueTask<FenceToken> SnapshotAsync(string key, TimeSpan lifetime, CancellationToken cancellationToken);

    /// <summary>Removes keys and ends every load that is running for them, on every node. Keys that are not there count as changed nevertheless.</summary>
    /// <param name="keys">The keys.</param>
    /// <param name="cancellationToken">Ends the waiting; the removal may still happen.</param>
    /// <returns>True when all are removed; false when the tier did not answer for one of them.</returns>
    ValueTask<bool> RemoveAsync(ReadOnlyMemory<string> keys, CancellationToken cancellationToken);

    /// <summary>
    /// Ends the freshness of a key's value: replaces the first <see cref="TierWrite.FreshUntilSize"/> bytes of its body unless they are smaller already, and gives it a
    /// fresh token, in one step; how long it is kept stays. Loads that are running for the key, and tokens that snapshots have planted, are ended as by a removal, and a key that is not there
    /// or on hold, counts as changed nevertheless. A body that is too short for that is left as it is.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="freshUntil">The number that the bytes become, big-endian, unless the one that is there is smaller already.</param>
    /// <param name="token">The fresh token.</param>
    /// <param name="cancellationToken">Ends the waiting; the change may still happen.</param>
    /// <returns>True when it is done or nothing was there; false when the tier did not answer.</returns>
    ValueTask<bool> ExpireAsync(string key, long freshUntil, FenceToken token, CancellationToken cancellationToken);

    /// <summary>Whether the tier has holds. The default is false: then <see cref="HoldAsync"/> is never called.</summary>
    bool CanHold => false;

    /// <summary>
    /// Puts a key on hold: whatever it holds is gone, loads that are running for it store nothing, as after a removal, and until the time is over or the key is set or removed it may be loaded by anybody but stored by
    /// nobody (<see cref="TierStatus.OnHold"/>). A later hold of the key takes the place of an earlier one.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="holdFor">How long, a millisecond or more.</param>
    /// <param name="cancellationToken">Ends the waiting; the hold may still begin.</param>
    /// <returns>True when it is on hold; false, which is the default, when the tier did not answer.</returns>
    ValueTask<bool> HoldAsync(string key, TimeSpan holdFor, CancellationToken cancellationToken) => new(false);

    /// <summary>
    /// Adds to a 64-bit number, atomically. Numbers are values of their own kind: <see cref="GetAsync"/> answers <see cref="TierStatus.Absent"/> for them, and
    /// every other write replaces them. Loads that are running for the key are ended as by a Set. A number counts only while the fence of the whole cache
    /// (<see cref="FenceName.Cache"/>) is the one that it was made under; afterwards it is missing.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="delta">What to add; may be negative or zero.</param>
    /// <param name="lifetime">How long the number lives if it is made now; an existing one keeps its time.</param>
    /// <param name="cancellationToken">Ends the waiting; the number may be raised nevertheless.</param>
    /// <returns>The number after it. A missing one counts as zero.</returns>
    ValueTask<IncrementReading> IncrementAsync(string key, long delta, TimeSpan lifetime, CancellationToken cancellationToken);

    /// <summary>
    /// Reads fences, in the given order. One that is missing is made, with a fresh random token, so that whatever depended on the lost one stays invalid. From the answer on
    /// the listener is told when another node moves one of them, or when it goes.
    /// </summary>
    /// <param name="names">Which fences.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>As many tokens; null when the tier did not answer for one of them.</returns>
    ValueTask<FenceToken[]?> ReadFencesAsync(ReadOnlyMemory<FenceName> names, CancellationToken cancellationToken);

    /// <summary>Gives a fence a fresh token, which makes everything that was stored under the old one invalid, on every node.</summary>
    /// <param name="name">Which fence.</param>
    /// <param name="cancellationToken">Ends the waiting; the fence may still move.</param>
    /// <returns>True when it has moved; false when the tier did not answer.</returns>
    ValueTask<bool> MoveFenceAsync(FenceName name, CancellationToken cancellationToken);
}
