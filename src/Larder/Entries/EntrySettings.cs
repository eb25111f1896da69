using System.Runtime.CompilerServices;

namespace Larder.Entries;

/// <summary>
/// Options after merging: nothing is null any more, and durations are milliseconds. One instance stands for a cache's
/// defaults and is shared by all calls without options of their own.
/// </summary>
internal sealed class EntrySettings
{
    /// <summary>What the library says where nobody else does.</summary>
    internal static readonly EntrySettings Library = new()
    {
        FreshFor = 300_000,
        SourceTimeout = 30_000,
        FailureThrottle = 1_000,
        BackgroundCompletion = true,
    };

    // What these settings were merged onto.
    private EntrySettings? _base;

    private EntrySettings()
    {
    }

    internal long FreshFor { get; private init; }

    internal long StaleFor { get; private init; }

    internal long FallbackFor { get; private init; }

    internal long MemoryFor { get; private init; }

    internal long SlidingFor { get; private init; }

    internal long NotFoundFor { get; private init; }

    internal double Jitter { get; private init; }

    internal double RefreshAhead { get; private init; }

    internal long SourceSoftTimeout { get; private init; }

    internal long SourceTimeout { get; private init; }

    internal long? RefreshTimeout { get; private init; }

    internal long FailureThrottle { get; private init; }

    internal long? Size { get; private init; }

    internal bool BackgroundCompletion { get; private init; }

    internal bool ServeExpired { get; private init; }

    internal bool Isolate { get; private init; }

    internal CacheSkip Skip { get; private init; }

    /// <summary>What is left out whatever the options say: everything in memory, when the cache is switched off.</summary>
    internal CacheSkip ForcedSkip { get; private init; }

    /// <summary>True when these settings ask nothing of a memory hit.</summary>
    internal bool IsPlain => (Skip & CacheSkip.MemoryRead) == CacheSkip.None;

    internal bool Skips(CacheSkip what) => (Skip & what) != CacheSkip.None;

    /// <summary>The limits of an entry stored with these settings and no jitter, shared by all such entries.</summary>
    internal Lifetime Lifetime => field ??= Lifetime.Of(this, factor: 1);

    /// <summary>The limits of an entry stored now, with its own draw of the jitter.</summary>
    internal Lifetime DrawLifetime(Random random) =>
        Jitter == 0 ? Lifetime : Lifetime.Of(this, 1 - (Jitter * random.NextDouble()));

    /// <summary>The settings of a cache that is switched off: nothing is read from any tier or kept there. Removals reach them all the same.</summary>
    internal EntrySettings SwitchedOff() => Merge(new EntryOptions(), CacheSkip.Memory | CacheSkip.Disk | CacheSkip.Remote);

    /// <summary>These settings, with the other options' fields where they are given. The options have been checked.</summary>
    internal EntrySettings Merge(EntryOptions? over)
    {
        if (over is null)
        {
            return this;
        }

        // Options that are used again and again are merged once.
        if (over.Memo is EntrySettings known && ReferenceEquals(known._base, this))
        {
            return known;
        }

        var merged = Merge(over, ForcedSkip);
        over.Memo = merged;
        return merged;
    }

    private EntrySettings Merge(EntryOptions over, CacheSkip forced) =>
        new()
        {
            _base = this,
            FreshFor = Milliseconds(over.FreshFor) ?? FreshFor,
            StaleFor = Milliseconds(over.StaleFor) ?? StaleFor,
            FallbackFor = Milliseconds(over.FallbackFor) ?? FallbackFor,
            MemoryFor = Milliseconds(over.MemoryFor) ?? MemoryFor,
            SlidingFor = Milliseconds(over.SlidingFor) ?? SlidingFor,
            NotFoundFor = Milliseconds(over.NotFoundFor) ?? NotFoundFor,
            Jitter = over.Jitter ?? Jitter,
            RefreshAhead = over.RefreshAhead ?? RefreshAhead,
            SourceSoftTimeout = Milliseconds(over.SourceSoftTimeout) ?? SourceSoftTimeout,
            SourceTimeout = Milliseconds(over.SourceTimeout) ?? SourceTimeout,
            RefreshTimeout = Milliseconds(over.RefreshTimeout) ?? RefreshTimeout,
            FailureThrottle = Milliseconds(over.FailureThrottle) ?? FailureThrottle,
            Size = over.Size ?? Size,
            BackgroundCompletion = over.BackgroundCompletion ?? BackgroundCompletion,
            ServeExpired = over.ServeExpired ?? ServeExpired,
            Isolate = over.Isolate ?? Isolate,
            Skip = (over.Skip ?? Skip) | forced,
            ForcedSkip = forced,
        };

    // A duration that is not zero never becomes zero: half a millisecond is not "off".
    private static long? Milliseconds(TimeSpan? value) => value is { } given ? RoundUp(given) : null;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static long RoundUp(TimeSpan value) =>
        (value.Ticks / TimeSpan.TicksPerMillisecond) + (value.Ticks % TimeSpan.TicksPerMillisecond > 0 ? 1 : 0);
}
