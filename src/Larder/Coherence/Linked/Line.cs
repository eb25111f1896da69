using Larder.Ports;
using Larder.Scheduling;

namespace Larder.Coherence;

/// <summary>
/// The present connection to the store, as the rules see it: one epoch at a time, which ends for good at the first doubt. Whoever sends names the epoch that it read before, so that nothing
/// moves from one connection to the next.
/// </summary>
internal sealed class Line(IAuthorityLink link, TierHost host, GatePart gate, bool isGuarded)
{
    private static readonly AuthorityMovedException Elsewhere = new();

    private readonly object _turning = new();
    private long _epoch;

    internal Scheduler Scheduler => host.Scheduler;

    internal ITierListener Listener => host.Listener;

    internal TimeProvider TimeProvider => host.TimeProvider;

    /// <summary>Milliseconds of the clock that memory hits read, too.</summary>
    internal long Now => host.Milliseconds;

    /// <summary>The present connection; 0 when there is none.</summary>
    internal long Epoch => Volatile.Read(ref _epoch);

    /// <summary>False when announcements come as messages of their own: then what is observed is armed before it is asked for.</summary>
    internal bool IsOrdered => link.AnnouncesInOrder && !IsForStrays;

    /// <summary>Where keys are asked for that live elsewhere; null where there is no elsewhere.</summary>
    internal Line? Strays { get; init; }

    /// <summary>True for the way to keys that live elsewhere: it is no connection, so nothing that is read over it may be kept or shared, and no failure ends it.</summary>
    internal bool IsForStrays { get; init; }

    /// <summary>What the registry is called in the store; null when that means nothing.</summary>
    internal string? RegistryName => link.RegistryName;

    /// <summary>What is asked behind changes; null where it is asked when it is needed.</summary>
    internal Tails? Tails { get; set; }

    /// <summary>True when the link says where waiters may go on.</summary>
    internal bool ResumesCallers { get; } = link.ResumesCallers;

    /// <summary>What is to be given back on the next connection; null where there are no connections.</summary>
    internal Debts? Debts { get; set; }

    /// <summary>Told of each command that the store had no room for.</summary>
    internal Action<Exception>? Refused { get; set; }

    /// <summary>Runs once for each connection that ends, after the gate was closed and before what is under way fails.</summary>
    internal Action<Exception?>? Lost { get; set; }

    /// <summary>
    /// Whether what was read of a key that holds this may be kept or shared, as far as the tracking goes. In a store whose keys move between nodes a key leaves a node with an announcement only if it holds
    /// something.
    /// </summary>
    internal bool CanKeep(AuthorityKind kind) => Strays is null || kind != AuthorityKind.Nothing;

    /// <summary>A fresh token, for each command that is sent.</summary>
    internal FenceToken NewToken() => FenceToken.Create(host.Scheduler.FillRandom);

    /// <summary>A connection is up.</summary>
    internal void Begin(long epoch) => Volatile.Write(ref _epoch, epoch);

    /// <summary>Hands commands over to the connection of that epoch, or fails them if it is over.</summary>
    internal void Send(long epoch, params ReadOnlySpan<AuthorityCommand> commands)
    {
        var isFollowed = false;
        if (epoch != 0 || Strays is not null)
        {
            foreach (ref readonly var command in commands)
            {
                isFollowed |= Note(command);
            }
        }

        if (epoch != 0)
        {
            if (isFollowed && Tails is { } tails)
            {
                link.Send(epoch, tails.Behind(epoch, commands));
            }
            else
            {
                link.Send(epoch, commands);
            }

            return;
        }

        // Without a connection to its home a key is a stray, too: it may well live on a node that is there.
        var failure = Strays is null ? null : Elsewhere;
        foreach (ref readonly var command in commands)
        {
            command.Fail(failure);
        }
    }

    /// <summary>
    /// Gives a right back whose command got no answer: others would wait until it ends by itself. Where it was never planted, or has been filled, that does nothing. Where there is another way than the connection that was lost
    /// it is taken at once, and otherwise the next connection.
    /// </summary>
    internal void GiveBack(AuthorityVerb verb, string key, FenceToken right, long milliseconds)
    {
        if ((IsForStrays ? this : Strays) is { } strays)
        {
            var epoch = strays.Epoch;
            strays.Send(epoch, new AuthorityCommand(verb, new PlainRound(strays, epoch)) { Key = key, Expected = right });
        }
        else
        {
            Debts?.Add(verb, key, right, milliseconds);
        }
    }

    /// <summary>Arms before the sending, where announcements may overtake answers; says that nobody watches, where there are none.</summary>
    internal void ArmAtSend(TierObservation? observation)
    {
        if (IsForStrays)
        {
            observation?.Unwatch();
        }
        else if (!IsOrdered)
        {
            observation?.Arm();
        }
    }

    /// <summary>True for a change that whoever made it will wait for.</summary>
    private bool Note(in AuthorityCommand command)
    {
        var isFollowed = command.Caller is FillRound { IsChange: true } && command.Verb == AuthorityVerb.Fill;
        if (command.Caller is PlainRound plain)
        {
            isFollowed = plain.Sending(command);
        }

        if (Strays is not null)
        {
            (command.Caller as Round)?.Remember(command);
        }

        return isFollowed;
    }

    /// <summary>Lets memory be served until the given moment, if the connection is still the one that the lease was taken on.</summary>
    internal void Open(long epoch, long until)
    {
        // Together with the look at the epoch: a connection that ends in between must find the gate open, to close it.
        lock (_turning)
        {
            if (_epoch == epoch)
            {
                gate.OpenUntil(until);
            }
        }
    }

    /// <summary>Memory is not served until the next lease.</summary>
    internal void CloseGate()
    {
        if (isGuarded)
        {
            lock (_turning)
            {
                gate.Close();
            }
        }
    }

    /// <summary>Something is wrong: gives the connection up, with all that was learned on it.</summary>
    internal void Fault(long epoch, Exception? failure)
    {
        if (!IsForStrays && End(epoch, failure))
        {
            link.Drop(epoch);
        }
    }

    /// <summary>The connection is over. Closes the gate, forgets the epoch, and only then lets the cache drop what it has.</summary>
    internal bool End(long epoch, Exception? failure)
    {
        lock (_turning)
        {
            if (epoch == 0 || _epoch != epoch)
            {
                return false;
            }

            Volatile.Write(ref _epoch, 0);
            if (isGuarded)
            {
                gate.Close();
            }
        }

        Lost?.Invoke(failure);
        return true;
    }
}
