using Larder.Ports;
using Larder.Scheduling;

namespace Larder.Testing;

/// <summary>
/// The store behind the links: carries out one command at a time, and sends each connection its answers and announcements in that order. One lock for
/// everything; what it sends is handed on outside of it.
/// </summary>
internal sealed class AuthorityStore
{
    private static readonly AuthorityMovedException Elsewhere = new();

    private readonly Scheduler _scheduler;
    private readonly ExpiryQueue _expiry;
    private readonly Dictionary<string, Keyspace> _spaces = new(StringComparer.Ordinal);
    private readonly List<Session> _trackers = [];
    private readonly List<Session> _touched = [];
    private readonly List<Delivery> _own = [];
    private readonly List<Action> _waiting = [];
    private Session? _executing;

    internal AuthorityStore(Scheduler scheduler)
    {
        _scheduler = scheduler;
        _expiry = new ExpiryQueue(scheduler, ExpireDue);
    }

    /// <summary>Held by whoever calls anything else here.</summary>
    internal object Gate { get; } = new();

    internal IEnumerable<Keyspace> Spaces => _spaces.Values;

    internal long Now => _scheduler.Clock.Now;

    internal Scheduler Scheduler => _scheduler;

    /// <summary>Whether what a command is about lives here; null for a store that has everything.</summary>
    internal Func<Session, AuthorityCommand, bool>? Owns { get; init; }

    /// <summary>False while it is down.</summary>
    internal bool IsUp { get; private set; } = true;

    internal Keyspace Space(string name)
    {
        if (!_spaces.TryGetValue(name, out var space))
        {
            _spaces.Add(name, space = new Keyspace(name));
        }

        return space;
    }

    /// <summary>Carries a command out, and sends the session its answer.</summary>
    internal void Execute(Session session, in AuthorityCommand command)
    {
        if (Owns is not null && !command.Keys.IsEmpty)
        {
            // Some may live elsewhere.
            var single = command.Verb == AuthorityVerb.ReadMany ? AuthorityVerb.Read : AuthorityVerb.TrackedRead;
            for (var i = 0; i < command.Keys.Length; i++)
            {
                Execute(session, new AuthorityCommand(single, command.Caller, command.Index + i) { Key = command.Keys.Span[i] });
            }

            return;
        }

        _executing = session;
        var delivery = Carry(session, command);
        _executing = null;
        if (_own.Count == 0)
        {
            session.Enqueue(delivery);
            return;
        }

        var ownFirst = session.AnnouncesOwnFirst;
        if (!ownFirst)
        {
            session.Enqueue(delivery);
        }

        foreach (var announcement in _own)
        {
            session.Enqueue(announcement);
        }

        _own.Clear();
        if (ownFirst)
        {
            session.Enqueue(delivery);
        }
    }

    /// <summary>The slot of a key, with what has ended taken out.</summary>
    internal Slot Key(Session session, string key) => Present(session.Space.Key(key));

    internal Slot Fence(Session session, FenceName name) => Present(session.Space.Fence(name));

    internal Slot Refresh(Session session, string key) => Present(session.Space.Refresh(key));

    internal void Put(Slot slot, AuthorityKind kind, FenceToken token, long milliseconds, byte[]? body = null, long number = 0)
    {
        slot.Put(kind, token, Until(milliseconds), body, number);
        _expiry.Add(slot);
    }

    internal void Prolong(Slot slot, long milliseconds)
    {
        slot.Prolong(Until(milliseconds));
        _expiry.Add(slot);
    }

    /// <summary>Tells those who track it; and, unless only a lease has come or stayed, those who are sent all changes.</summary>
    internal void Announce(Slot slot, bool isOfInterest = true)
    {
        var announcement = new Delivery(slot.Key is null ? DeliveryKind.FenceChanged : DeliveryKind.KeyChanged, 0) { Key = slot.Key, Fence = slot.Fence };
        slot.TakeTrackers(_trackers);
        foreach (var tracker in _trackers)
        {
            Send(tracker, announcement with { Epoch = tracker.Epoch });
        }

        _trackers.Clear();
        if (isOfInterest)
        {
            SendToAll(slot.Space, announcement);
        }
    }

    /// <summary>Takes what a slot holds out, as an eviction, an expiry or a removal does.</summary>
    internal void Vacate(Slot slot)
    {
        slot.Clear();
        Announce(slot);
        slot.Space.Trim(slot);
    }

    /// <summary>Throws one of everything that is kept out: a value, a lease, a fence, or a registry. False when there is nothing.</summary>
    internal bool EvictAny(Random random)
    {
        var slots = Spaces.SelectMany(static space => space.Occupied()).ToList();
        var registries = Spaces.Where(static space => space.Registry is not null).ToList();
        if (slots.Count + registries.Count == 0)
        {
            return false;
        }

        var pick = random.Next(slots.Count + registries.Count);
        if (pick < slots.Count)
        {
            Vacate(slots[pick]);
        }
        else
        {
            registries[pick - slots.Count].Registry = null;
        }

        return true;
    }

    /// <summary>Forgets everything, and tells everybody.</summary>
    internal void Flush()
    {
        _expiry.Clear();
        foreach (var space in _spaces.Values)
        {
            space.Empty();
            foreach (var session in space.Sessions)
            {
                Send(session, new Delivery(DeliveryKind.EverythingChanged, session.Epoch));
            }
        }
    }

    internal void Open(Session session)
    {
        session.Space.Enter(session);
        Touch(session);
    }

    internal static void Close(Session session)
    {
        if (session.IsOpen)
        {
            session.IsOpen = false;
            session.Space.Leave(session);
        }
    }

    /// <summary>Breaks every connection, and refuses new ones until <see cref="GoUp"/>.</summary>
    internal void GoDown(bool losesData)
    {
        IsUp = false;
        foreach (var session in _spaces.Values.SelectMany(static space => space.Sessions).ToList())
        {
            Close(session);
            session.Broken();
            Touch(session);
        }

        if (losesData)
        {
            _expiry.Clear();
            foreach (var space in _spaces.Values)
            {
                space.Empty();
            }
        }
    }

    /// <summary>Lets connections be made again, first for those who wait.</summary>
    internal void GoUp()
    {
        IsUp = true;
        var waiting = _waiting.ToArray();
        _waiting.Clear();
        foreach (var connect in waiting)
        {
            connect();
        }
    }

    /// <summary>Calls back, under the lock, when connections can be made again.</summary>
    internal void WhenUp(Action connect) => _waiting.Add(connect);

    /// <summary>The sessions, besides the one that was executing, that something was sent to; they are flushed outside of the lock. Null for none.</summary>
    internal Session[]? TakeTouched()
    {
        if (_touched.Count == 0)
        {
            return null;
        }

        var touched = _touched.ToArray();
        _touched.Clear();
        return touched;
    }

    internal static void Flush(Session[]? touched)
    {
        foreach (var session in touched ?? [])
        {
            session.Flush();
        }
    }

    private Delivery Carry(Session session, in AuthorityCommand command)
    {
        if (Owns is { } owns && !owns(session, command))
        {
            return new Delivery(session.Epoch, command, DeliveryKind.Refusal) { Failure = Elsewhere };
        }

        try
        {
            return command.Verb is not (AuthorityVerb.ReadMany or AuthorityVerb.TrackedReadMany)
                ? new Delivery(session.Epoch, command) { Answer = AuthorityVerbs.Carry(this, session, command) }
                : new Delivery(session.Epoch, command) { Answers = AuthorityVerbs.CarryMany(this, session, command) };
        }
        catch (ArgumentException refusal)
        {
            return new Delivery(session.Epoch, command, DeliveryKind.Refusal) { Failure = refusal };
        }
    }

    /// <summary>The slot, with what has ended taken out.</summary>
    internal Slot Present(Slot slot)
    {
        if (slot.EndsAt <= Now)
        {
            slot.Clear();
            Announce(slot);
        }

        return slot;
    }

    private long Until(long milliseconds)
    {
        var now = Now;
        return milliseconds < long.MaxValue - now ? now + milliseconds : long.MaxValue;
    }

    private void ExpireDue()
    {
        Session[]? touched;
        lock (Gate)
        {
            _expiry.AlarmFired();
            while (_expiry.Take(Now) is { } ended)
            {
                Vacate(ended);
            }

            touched = TakeTouched();
        }

        Flush(touched);
    }

    private void SendToAll(Keyspace space, Delivery announcement)
    {
        foreach (var session in space.Sessions)
        {
            // Its own changes would come late, and drop what it has just stored.
            if (!session.IsOrdered && session != _executing)
            {
                session.EnqueueMessage(announcement with { Epoch = session.Epoch, Number = ++session.LastMessage });
                Touch(session);
            }
        }
    }

    private void Send(Session session, in Delivery delivery)
    {
        if (session == _executing)
        {
            _own.Add(delivery);
            return;
        }

        session.Enqueue(delivery);
        Touch(session);
    }

    private void Touch(Session session)
    {
        if (session != _executing && !_touched.Contains(session))
        {
            _touched.Add(session);
        }
    }
}
