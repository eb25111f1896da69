using System.Runtime.CompilerServices;
using Larder.Fences;

namespace Larder.Entries;

/// <summary>
/// A value in memory with its timeline and the stamps it is valid under. All of it is fixed when it is stored, but
/// for what readers move along: the last use, the time of the next refresh, and under what the tags were last looked at. A longer life, an
/// expiration or a new value is a new entry.
/// </summary>
internal abstract class Entry
{
    /// <summary>The value of <see cref="_nextRefreshAt"/> while a refresh runs.</summary>
    private const long RefreshRunning = long.MaxValue;

    private long _freshUntil;

    // Read and written without synchronisation: it may lag, and only sliding looks at it.
    private long _lastUsed;
    private long _nextRefreshAt = long.MinValue;
    private FenceStamp? _tagsCurrentUnder;
    private EntryExtra? _extra;

    private protected Entry(in EntryHead head)
    {
        Key = head.Key;
        CacheStamp = head.CacheStamp;
        Tags = head.Tags;
        Lifetime = head.Lifetime;
        _extra = Extra(head.Validators, FenceToken.None, head.InheritedTags);
        CreatedAt = head.CreatedAt;
        _lastUsed = head.CreatedAt;
        _freshUntil = head.CreatedAt + head.Lifetime.FreshFor;
        PlainUntil = Lifetime.SlidingFor > 0 ? long.MinValue : PlainEnd();
    }

    internal string Key { get; }

    internal FenceStamp CacheStamp { get; }

    /// <summary>The stamps that the entry is valid under: those of its own tags first, then inherited ones.</summary>
    internal TagStamp[]? Tags { get; private set; }

    /// <summary>The entry's own tags, without those that it is only bound by because an older entry carried them.</summary>
    internal ReadOnlySpan<TagStamp> OwnTags => Tags is null ? default : Tags.AsSpan(0, Tags.Length - (_extra?.InheritedTags ?? 0));

    /// <summary>False for what only looks like a value to memory, such as a number that is counted.</summary>
    internal virtual bool IsValue => true;

    /// <summary>True when every caller gets a copy of the value.</summary>
    internal virtual bool HandsOutCopies => false;

    internal Lifetime Lifetime { get; }

    internal Validators? Validators => _extra?.Validators;

    /// <summary>What the authority recognises the value by; none when it does not hold it, or there is no authority. Set before the entry is published.</summary>
    internal FenceToken Token
    {
        get => _extra?.Token ?? FenceToken.None;
        set => _extra = Extra(Validators, value, _extra?.InheritedTags ?? 0);
    }

    internal long CreatedAt { get; }

    /// <summary>Until then a hit needs no look at the timeline: fresh, no early refresh due, nothing that slides.</summary>
    internal long PlainUntil { get; private set; }

    /// <summary>The weight that memory accounts for this entry; set before it is stored.</summary>
    internal long Weight { get; set; }

    /// <summary>The end of freshness, sliding included.</summary>
    internal long FreshUntil =>
        Lifetime.SlidingFor > 0 ? Math.Min(_freshUntil, _lastUsed + Lifetime.SlidingFor) : _freshUntil;

    /// <summary>When nothing of the entry is left to serve, however often it is read.</summary>
    internal long LatestEnd => Math.Min(_freshUntil + Lifetime.StaleFor + Lifetime.FallbackFor, MemoryEnd());

    /// <summary>When nothing of the entry is left to serve.</summary>
    internal long GoneAt => Math.Min(FreshUntil + Lifetime.StaleFor + Lifetime.FallbackFor, MemoryEnd());

    /// <summary>When nothing of the entry is left for a lower tier to keep: memory's own limit does not count there, and freshness that slides may last as long as it may.</summary>
    internal long KeptUntil => CreatedAt + Lifetime.FreshFor + Lifetime.StaleFor + Lifetime.FallbackFor;

    /// <summary>True while an expired value may still be served, and its source is being left alone or asked already.</summary>
    internal bool IsThrottled(long now) => Volatile.Read(ref _nextRefreshAt) is var next && next != RefreshRunning && now < next;

    /// <summary>True when no fence that the entry was stored under has moved.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool IsCurrent(FenceCell cacheFence) =>
        ReferenceEquals(CacheStamp, cacheFence.Stamp) && (Tags is null || TagStamp.AllCurrent(Tags));

    /// <summary>
    /// The same at the price of one comparison while no tag of the cache has been removed since the last look. The
    /// stamp of the removals is read before the tags are: a removal that comes in between has moved it by the time
    /// that it is complete.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool IsCurrent(FenceCell cacheFence, FenceCell tagRemovals) =>
        ReferenceEquals(CacheStamp, cacheFence.Stamp)
        && (Tags is null || ReferenceEquals(_tagsCurrentUnder, tagRemovals.Stamp) || AreTagsCurrent(tagRemovals.Stamp));

    /// <summary>Marks a use, which only sliding looks at. Writes once in a tick of the clock, so that threads which share an entry do not fight for it.</summary>
    internal void Touch(long now)
    {
        if (_lastUsed != now)
        {
            _lastUsed = now;
        }
    }

    internal Phase PhaseAt(long now)
    {
        if (now >= MemoryEnd())
        {
            return Phase.Gone;
        }

        var end = FreshUntil;
        if (now < end)
        {
            return now - CreatedAt >= Lifetime.RefreshAfter ? Phase.RefreshDue : Phase.Fresh;
        }

        end += Lifetime.StaleFor;
        if (now < end)
        {
            return Phase.Stale;
        }

        return now < end + Lifetime.FallbackFor ? Phase.Expired : Phase.Gone;
    }

    /// <summary>True when nobody refreshes this entry and no failure has throttled it.</summary>
    internal bool MayClaimRefresh(long now) => Volatile.Read(ref _nextRefreshAt) is var next && next <= now && next != RefreshRunning;

    /// <summary>Takes the right to refresh this entry; false when somebody has it, or a failure has throttled it.</summary>
    internal bool TryClaimRefresh(long now)
    {
        var next = Volatile.Read(ref _nextRefreshAt);
        return next <= now && next != RefreshRunning
            && Interlocked.CompareExchange(ref _nextRefreshAt, RefreshRunning, next) == next;
    }

    /// <summary>Gives the right back; nobody else gets it before the given time.</summary>
    internal void ThrottleRefresh(long until) => Volatile.Write(ref _nextRefreshAt, until);

    /// <summary>Gives the right back at once.</summary>
    internal void ReleaseRefresh() => Volatile.Write(ref _nextRefreshAt, long.MinValue);

    /// <summary>A copy of this entry whose freshness ends now, if it has not ended before, and which may be refreshed at once.</summary>
    internal Entry ExpiredAt(long now)
    {
        var copy = (Entry)MemberwiseClone();
        copy._freshUntil = Math.Min(FreshUntil, now);
        copy._nextRefreshAt = long.MinValue;
        copy.PlainUntil = long.MinValue;
        return copy;
    }

    /// <summary>A copy of this entry that is bound by these tags as well.</summary>
    internal Entry WithTags(TagStamp[] added)
    {
        var copy = (Entry)MemberwiseClone();
        var own = TagStamp.Union([.. OwnTags], added);
        copy.Tags = TagStamp.Union(own, Tags);
        copy._extra = Extra(Validators, Token, copy.Tags!.Length - own!.Length);
        copy._tagsCurrentUnder = null;
        copy._nextRefreshAt = long.MinValue;
        return copy;
    }

    /// <summary>Asks for the value as some type. Throws what a codec or a transformer throws when the stored form is bad.</summary>
    internal abstract EntryReading Read<T>(out T? value);

    /// <summary>The type of the value, for messages.</summary>
    internal abstract Type ValueType { get; }

    /// <summary>A held value answers when it is of the asked type; a held null fits every type that knows null.</summary>
    private protected static EntryReading Fit<THeld, TAsked>(THeld held, out TAsked? value)
    {
        if (held is TAsked fitting)
        {
            value = fitting;
            return EntryReading.Value;
        }

        value = default;
        return held is null && value is null ? EntryReading.Value : EntryReading.WrongType;
    }

    private static EntryExtra? Extra(Validators? validators, FenceToken token, int inheritedTags) =>
        validators is null && token == FenceToken.None && inheritedTags == 0 ? null : new EntryExtra(validators, token, inheritedTags);

    private bool AreTagsCurrent(FenceStamp removals)
    {
        if (!TagStamp.AllCurrent(Tags!))
        {
            return false;
        }

        _tagsCurrentUnder = removals;
        return true;
    }

    private long MemoryEnd() => Lifetime.MemoryFor == long.MaxValue ? long.MaxValue : CreatedAt + Lifetime.MemoryFor;

    private long PlainEnd()
    {
        var end = Math.Min(_freshUntil, MemoryEnd());
        return Lifetime.RefreshAfter == long.MaxValue ? end : Math.Min(end, CreatedAt + Lifetime.RefreshAfter);
    }
}
