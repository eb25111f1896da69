namespace Larder;

/// <summary>
/// How one entry lives and how one call behaves. Every field may be null, which means "as the layer below says":
/// options merge field by field in the order library, cache, <see cref="ICache{T}"/>, call,
/// <see cref="ITimelinePolicy"/>, factory (<see cref="EntryContext.Options"/>).
/// </summary>
/// <remarks>
/// <para>
/// The timeline fields (<see cref="FreshFor"/> to <see cref="RefreshAhead"/>, <see cref="Size"/>,
/// <see cref="Isolate"/>) count when an entry is stored. The timeouts, <see cref="ServeExpired"/> and
/// <see cref="Skip"/> count for the call that carries them.
/// </para>
/// <para>
/// Durations have a resolution of one millisecond and may be up to 36,500 days. Bad values are refused when the
/// options are used, all at once, with an <see cref="ArgumentException"/> that names each of them.
/// </para>
/// <para>
/// An instance may be shared by any number of calls and threads as long as nobody changes it; keep one in a static
/// field, so that a call with options allocates no more than a call without.
/// </para>
/// </remarks>
/// <example><code>
/// static readonly EntryOptions Product = new() { FreshFor = TimeSpan.FromMinutes(1), StaleFor = TimeSpan.FromMinutes(10) };
/// </code></example>
public sealed class EntryOptions
{
    // The verdict of the last check, so that a hit with options costs one field read: 0 unchecked, else a combination
    // of the constants below. Every setter takes it back.
    private const int Checked = 1;
    private const int Plain = 2;
    private int _verdict;

    /// <summary>How long the entry is served without asking anybody. Default 5 minutes. Zero: it is stale at once.</summary>
    public TimeSpan? FreshFor { get; set => Change(out field, value); }

    /// <summary>How much longer it is served at once while a refresh runs in the background. Default zero: not at all.</summary>
    public TimeSpan? StaleFor { get; set => Change(out field, value); }

    /// <summary>How much longer it is kept for the case that the source fails or is too slow. Default zero: not at all.</summary>
    public TimeSpan? FallbackFor { get; set => Change(out field, value); }

    /// <summary>The longest that memory keeps the entry, whatever its timeline says. Default (and zero): as the entry.</summary>
    public TimeSpan? MemoryFor { get; set => Change(out field, value); }

    /// <summary>
    /// Freshness also ends this long after the last read. It never moves the end of <see cref="FreshFor"/> out.
    /// Default (and zero): off.
    /// </summary>
    public TimeSpan? SlidingFor { get; set => Change(out field, value); }

    /// <summary>
    /// How long "there is no such thing" (<see cref="EntryContext.NotFound{T}"/>) is remembered. Default (and zero):
    /// not at all.
    /// </summary>
    public TimeSpan? NotFoundFor { get; set => Change(out field, value); }

    /// <summary>
    /// Spreads expirations: each stored entry draws one factor, uniform in 1−Jitter…1, that scales all its durations.
    /// From 0 (default, off) to 1.
    /// </summary>
    public double? Jitter { get; set => Change(out field, value); }

    /// <summary>
    /// The share of <see cref="FreshFor"/> after which a hit starts an early refresh, between 0 and 1; 0.8 means in
    /// the last fifth. Default (and zero): off.
    /// </summary>
    public double? RefreshAhead { get; set => Change(out field, value); }

    /// <summary>
    /// How long a caller waits for the source before it is given an expired value, if there is one. Counted from the
    /// start of the load. Default (and zero): off.
    /// </summary>
    public TimeSpan? SourceSoftTimeout { get; set => Change(out field, value); }

    /// <summary>
    /// How long the source may take. Then the factory is cancelled and the key is free again, even if the factory
    /// never returns. Default 30 seconds. Zero: no limit.
    /// </summary>
    public TimeSpan? SourceTimeout { get; set => Change(out field, value); }

    /// <summary>How long a background refresh may take. Default: as <see cref="SourceTimeout"/>. Zero: no limit.</summary>
    public TimeSpan? RefreshTimeout { get; set => Change(out field, value); }

    /// <summary>
    /// Whether a load goes on, and is stored, when all its callers have left: they cancelled, or were given a
    /// fallback after <see cref="SourceSoftTimeout"/>. Default true. The options of the call that started the load count.
    /// </summary>
    public bool? BackgroundCompletion { get; set => Change(out field, value); }

    /// <summary>
    /// How long the source is left alone after it failed while a stale or expired value could be served; until then
    /// that value is. Default 1 second. Zero: every call may try again.
    /// </summary>
    public TimeSpan? FailureThrottle { get; set => Change(out field, value); }

    /// <summary>The weight of the entry in bytes, when <see cref="CacheOptions.MemoryLimit"/> is in bytes. Default: what <see cref="CacheOptions.Sizer"/> says. Zero counts as 1.</summary>
    public long? Size { get; set => Change(out field, value); }

    /// <summary>
    /// Serve a value past <see cref="StaleFor"/> (and within <see cref="FallbackFor"/>) at once while it is
    /// refreshed, instead of waiting for the source. Default false.
    /// </summary>
    public bool? ServeExpired { get; set => Change(out field, value); }

    /// <summary>
    /// Hand out copies, made through the codec, so that a caller who changes the value changes only its own. Default
    /// false: every caller gets the same instance and must not change it. Types known to be immutable (strings,
    /// primitives, sealed types with <c>[ImmutableObject(true)]</c>) are never copied.
    /// </summary>
    public bool? Isolate { get; set => Change(out field, value); }

    /// <summary>What the call leaves out. Default nothing.</summary>
    public CacheSkip? Skip { get; set => Change(out field, value); }

    /// <summary>Room for the layer above to keep what it made of these options; emptied by every change.</summary>
    internal object? Memo { get; set; }

    /// <summary>True when the options are known to be valid and ask nothing of a memory hit.</summary>
    internal bool IsPlain => _verdict == (Checked | Plain);

    /// <summary>Refuses bad options, with all that is wrong in one message.</summary>
    /// <exception cref="ArgumentException">A field is out of its range.</exception>
    internal void Check(string parameterName)
    {
        if ((Volatile.Read(ref _verdict) & Checked) != 0)
        {
            return;
        }

        var problems = EntryOptionsRules.Problems(this, nameof(EntryOptions) + ".");
        if (problems.Count > 0)
        {
            throw new ArgumentException(string.Join(" ", problems), parameterName);
        }

        var plain = (Skip.GetValueOrDefault() & CacheSkip.MemoryRead) == CacheSkip.None;
        Volatile.Write(ref _verdict, plain ? Checked | Plain : Checked);
    }

    /// <summary>These options as they are now.</summary>
    internal EntryOptions Copy() => (EntryOptions)MemberwiseClone();

    private void Change<TField>(out TField field, TField value)
    {
        field = value;
        Memo = null;
        Volatile.Write(ref _verdict, 0);
    }
}
