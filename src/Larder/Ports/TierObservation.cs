namespace Larder.Ports;

/// <summary>
/// What a reader of a tier knows about one key while it works with an answer: whether the key may have changed since. Memory takes a value
/// only under an observation that is armed and not void, and a running load is joined only while its observation allows it. This closes the gap
/// between the moment an answer is received and the moment it is used, in which a notice of a change would otherwise find nothing to drop.
/// </summary>
/// <remarks>
/// <para>
/// The cache makes the observation and hands it to the tier with a call. The tier arms it when it receives the answer from which on a change of the
/// key will be announced, on the thread that receives, before it looks at anything that came later. From then on a change makes it void, for
/// ever. Before that, changes are ignored: they are older than the answer, or the tier's own doing.
/// </para>
/// <para>
/// A tier whose own writes are announced back to it uses the finer states: a renewal of a load lease holds up those who want to join
/// (<see cref="BeginRenewal"/>) until the tier knows whether the change was its own; a fill bars them but leaves the value
/// (<see cref="Filled"/>). A tier that announces only the changes of others, or that no other node shares, calls <see cref="Arm"/> and nothing else.
/// </para>
/// Thread-safe. Source: the protocol that keeps Larder's nodes coherent, see docs/writing-a-tier.md.
/// </remarks>
public sealed class TierObservation
{
    private const int ArmedFlag = 1;
    private const int FilledFlag = 2;
    private const int RenewingFlag = 4;
    private const int QueuedFlag = 8;
    private const int ShutFlag = 16;
    private const int VoidFlag = 32;
    private const int UnwatchedFlag = 64;

    private int _state;
    private TaskCompletionSource<bool>? _decided;

    /// <summary>Makes an observation. The cache does this; others need it only to call a tier themselves, as tests do.</summary>
    /// <param name="key">The key that is observed.</param>
    public TierObservation(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        Key = key;
    }

    /// <summary>The key that is observed.</summary>
    public string Key { get; }

    /// <summary>True once changes count.</summary>
    public bool IsArmed => (Volatile.Read(ref _state) & ArmedFlag) != 0;

    /// <summary>True once a change has been noticed: what was read is not to be kept.</summary>
    public bool IsVoid => (Volatile.Read(ref _state) & VoidFlag) != 0;

    /// <summary>True when nobody will tell of changes, see <see cref="Unwatch"/>.</summary>
    public bool IsUnwatched => (Volatile.Read(ref _state) & UnwatchedFlag) != 0;

    /// <summary>True when memory may take what was read.</summary>
    public bool AllowsKeeping => (Volatile.Read(ref _state) & (ArmedFlag | VoidFlag)) == ArmedFlag;

    /// <summary>True when others may share the answer that is being worked on.</summary>
    internal bool AllowsJoining => (Volatile.Read(ref _state) & (FilledFlag | QueuedFlag | ShutFlag | VoidFlag)) == 0;

    /// <summary>True while it is open whether others may share the answer; see <see cref="WhenDecided"/>.</summary>
    internal bool IsUndecided => (Volatile.Read(ref _state) & (VoidFlag | ShutFlag)) == 0 && !AllowsJoining;

    /// <summary>The next observation of a stripe of keys. Owned by the cache, under the stripe's lock.</summary>
    internal TierObservation? Next { get; set; }

    /// <summary>From now on a change of the key makes this observation void. Called by the tier as the answer arrives; a void one stays void.</summary>
    public void Arm() => Change(static state => (state & UnwatchedFlag) != 0 ? state : (state | ArmedFlag) & ~FilledFlag);

    /// <summary>
    /// The tier will not learn of changes of this key, as where it has no connection that announces them. Called before the key is read in such a way. What is read is not kept, and it is shared only by
    /// callers who came before the reading began. An observation that is armed becomes void.
    /// </summary>
    public void Unwatch() => Change(static state => state == 0 ? UnwatchedFlag : (state & UnwatchedFlag) != 0 ? state : state | VoidFlag);

    /// <summary>
    /// The tier is about to renew its lease, which the store may announce as a change. Until <see cref="EndRenewal"/> a change only holds up
    /// those who want to join.
    /// </summary>
    public void BeginRenewal() => Change(static state => state | RenewingFlag);

    /// <summary>The renewal is answered.</summary>
    /// <param name="isIntact">True when the key still carried the lease after it; false makes the observation void.</param>
    public void EndRenewal(bool isIntact)
    {
        if (isIntact)
        {
            Change(static state => state & ~(RenewingFlag | QueuedFlag));
        }
        else
        {
            Void();
        }
    }

    /// <summary>
    /// The fill of the lease is answered, and the store may announce it as a change. Until the next <see cref="Arm"/> a change bars others from joining
    /// but does not make the observation void: the tier looks at the stored token and arms, or voids.
    /// </summary>
    public void Filled() => Change(static state => (state & ~(RenewingFlag | ArmedFlag)) | FilledFlag | ((state & QueuedFlag) != 0 ? ShutFlag : 0));

    /// <summary>What was read must not be kept or shared any more, whatever comes later.</summary>
    public void Void() => Change(static state => state | VoidFlag);

    /// <summary>
    /// The store says that the key has changed: called by whoever implements <see cref="ITierListener.KeyChanged"/>, not by tiers. What it does depends
    /// on how far the tier has come.
    /// </summary>
    public void NoteChange() => Change(static state =>
        (state & FilledFlag) != 0 ? state | ShutFlag
        : (state & RenewingFlag) != 0 ? state | QueuedFlag
        : (state & ArmedFlag) != 0 ? state | VoidFlag
        : state);

    /// <summary>Ends when it is no longer open whether the answer may be shared.</summary>
    internal Task WhenDecided(Func<TaskCompletionSource<bool>> make)
    {
        var decided = Volatile.Read(ref _decided);
        if (decided is null)
        {
            var made = make();
            decided = Interlocked.CompareExchange(ref _decided, made, null) ?? made;
        }

        // Looked at again: the decision may have come before the task was there to be told.
        if (!IsUndecided)
        {
            // Taken back as well: the next one who is held up must not find a task that has ended.
            Interlocked.CompareExchange(ref _decided, null, decided);
            decided.TrySetResult(true);
        }

        return decided.Task;
    }

    private void Change(Func<int, int> next)
    {
        var present = Volatile.Read(ref _state);
        while (true)
        {
            var wanted = (present & VoidFlag) != 0 ? present : next(present);
            var seen = Interlocked.CompareExchange(ref _state, wanted, present);
            if (seen == present)
            {
                break;
            }

            present = seen;
        }

        // A renewal may be held up again later, so a task that has ended is not used twice.
        if (!IsUndecided)
        {
            Interlocked.Exchange(ref _decided, null)?.TrySetResult(true);
        }
    }
}
