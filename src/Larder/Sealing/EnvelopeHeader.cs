using Larder.Entries;

namespace Larder.Sealing;

/// <summary>
/// What a stored entry says besides its value. Moments are milliseconds since 1970 (UTC) on the clock of the node that wrote them, durations are
/// milliseconds with the jitter in them.
/// </summary>
internal readonly struct EnvelopeHeader
{
    // Moves moments far below all others and back, without losing their order.
    private const long ExpirationOffset = 1L << 62;

    // As long as options may ask for; what is longer came from nobody.
    private static readonly long Longest = (long)EntryOptionsRules.LongestDuration.TotalMilliseconds;

    /// <summary>The end of freshness as it is now, sliding and expiration included.</summary>
    internal required long FreshUntil { get; init; }

    /// <summary>
    /// True when freshness was ended by an expiration: then it is over for every reader, whatever its clock says, and <see cref="FreshUntil"/> is the moment at which it was ended.
    /// </summary>
    internal bool IsExpired { get; init; }

    internal required long CreatedAt { get; init; }

    /// <summary>The most that freshness may last from <see cref="CreatedAt"/>, however it slides. It is under the checksum, <see cref="FreshUntil"/> is not.</summary>
    internal required long FreshFor { get; init; }

    internal long StaleFor { get; init; }

    internal long FallbackFor { get; init; }

    /// <summary>Zero when freshness does not slide.</summary>
    internal long SlidingFor { get; init; }

    /// <summary>The age at which a hit starts an early refresh; <see cref="long.MaxValue"/> (not zero) when none does.</summary>
    internal required long RefreshAfter { get; init; }

    internal bool IsNotFound { get; init; }

    internal Validators? Validators { get; init; }

    /// <summary>The cache's fence that was current before the value was loaded.</summary>
    internal required FenceToken CacheFence { get; init; }

    /// <summary>The entry's own tags; null when there are none.</summary>
    internal EnvelopeTag[]? Tags { get; init; }

    /// <summary>The header of an entry whose clock reads <paramref name="now"/> where the wall clock reads <paramref name="unixNow"/>.</summary>
    internal static EnvelopeHeader Of(Entry entry, long now, long unixNow, FenceToken cacheFence, EnvelopeTag[]? tags) =>
        Of(entry.CreatedAt, entry.Lifetime, entry.FreshUntil, entry.Validators, unixNow - now, cacheFence, tags) with { IsNotFound = entry is NotFoundEntry };

    /// <summary>The header of an entry that is about to be made.</summary>
    internal static EnvelopeHeader Of(in EntryHead head, long now, long unixNow, FenceToken cacheFence, EnvelopeTag[]? tags)
    {
        var lifetime = head.Lifetime;
        var freshFor = lifetime.SlidingFor > 0 ? Math.Min(lifetime.SlidingFor, lifetime.FreshFor) : lifetime.FreshFor;
        return Of(head.CreatedAt, lifetime, head.CreatedAt + freshFor, head.Validators, unixNow - now, cacheFence, tags);
    }

    /// <summary>When nothing of the entry is left to serve, the fallback included: until then a tier is to keep it.</summary>
    internal long GoneAt =>
        Later(Later(SlidingFor > 0 ? Later(CreatedAt, FreshFor) : FreshUntil, StaleFor), FallbackFor);

    /// <summary>
    /// When the entry was made, on the clock of this process. A clock that lags behind the writer's makes it no younger than now; one that
    /// is ahead makes it older than it is, so it is refreshed sooner.
    /// </summary>
    internal long CreatedOn(long now, long unixNow) => now - Age(unixNow);

    /// <summary>
    /// The limits of the entry for memory, counted from <see cref="CreatedOn"/>. A sliding entry is to be touched when it is made, for it was used by whoever
    /// read it; one that is past its freshness does not slide back.
    /// </summary>
    /// <param name="unixNow">The wall clock.</param>
    /// <param name="memoryFor">The longest stay in memory from now on; <see cref="long.MaxValue"/> when there is no cap.</param>
    /// <param name="settings">The limits of the present settings, which are shared where they are the same; null for none.</param>
    internal Lifetime LifetimeAt(long unixNow, long memoryFor, Lifetime? settings = null)
    {
        var age = Age(unixNow);
        var most = Duration(FreshFor);
        var present = Math.Min(most, Between(CreatedAt, FreshUntil));
        if (IsExpired)
        {
            // Over at the latest now, though the clock of whoever ended it is ahead of this one.
            present = Math.Min(present, age);
        }

        return Lifetime.Restored(
            settings,
            (SlidingFor > 0 && age < present ? most : present, Duration(StaleFor), Duration(FallbackFor)),
            memoryFor: memoryFor > Longest ? long.MaxValue : age + memoryFor,
            slidingFor: Duration(SlidingFor),
            refreshAfter: RefreshAfter == long.MaxValue ? long.MaxValue : Duration(RefreshAfter));
    }

    /// <summary>What is stored in place of the end of freshness when it is ended now: smaller than every end that is still to come, and the smaller the earlier.</summary>
    internal static long ExpiredAt(long unixNow) => unixNow - ExpirationOffset;

    /// <summary>What is stored as the end of freshness.</summary>
    internal long StoredFreshUntil => IsExpired ? ExpiredAt(FreshUntil) : FreshUntil;

    /// <summary>Tells an expiration from an end that is still to come.</summary>
    internal static bool TryReadExpiration(long stored, out long freshUntil)
    {
        var isExpired = stored < -(ExpirationOffset / 2);
        freshUntil = isExpired ? stored + ExpirationOffset : stored;
        return isExpired;
    }

    /// <summary>A moment and a duration later, as far as there are numbers.</summary>
    internal static long Later(long moment, long duration) => moment > long.MaxValue - Duration(duration) ? long.MaxValue : moment + Duration(duration);

    private static EnvelopeHeader Of(
        long createdAt, Lifetime lifetime, long freshUntil, Validators? validators, long toUnix, FenceToken cacheFence, EnvelopeTag[]? tags) =>
        new()
        {
            FreshUntil = freshUntil + toUnix,
            CreatedAt = createdAt + toUnix,
            FreshFor = lifetime.FreshFor,
            StaleFor = lifetime.StaleFor,
            FallbackFor = lifetime.FallbackFor,
            SlidingFor = lifetime.SlidingFor,
            RefreshAfter = lifetime.RefreshAfter,
            Validators = validators,
            CacheFence = cacheFence,
            Tags = tags,
        };

    // Moments came from outside and may be any number, so nothing is added or subtracted that could overflow.
    private long Age(long unixNow) => Between(CreatedAt, unixNow);

    private static long Between(long from, long to) => to <= from ? 0 : (long)Int128.Min((Int128)to - from, Longest);

    private static long Duration(long given) => Math.Clamp(given, 0, Longest);
}
