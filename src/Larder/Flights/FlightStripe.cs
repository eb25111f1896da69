using Larder.Fences;
using Larder.Ports;

namespace Larder.Flights;

/// <summary>
/// The lock of a share of all keys, the flights of those keys, and what is being read of them from lower tiers. Whatever changes a key in this process does it
/// under this lock, which puts loads, Sets, removals and expirations of one key in one order.
/// </summary>
internal sealed class FlightStripe(KeyVersions versions)
{
    private Flight? _first;
    private TierObservation? _watching;
    private KeyHold? _holds;

    /// <summary>True when no key has a flight, and nobody watches one.</summary>
    internal bool IsIdle
    {
        get
        {
            lock (this)
            {
                return _first is null && _watching is null;
            }
        }
    }

    internal Flight? Find(string key)
    {
        for (var flight = _first; flight is not null; flight = flight.Next)
        {
            if (flight.Key == key)
            {
                return flight;
            }
        }

        return null;
    }

    internal void Add(Flight flight)
    {
        // What is read under a hold may be older than what its writer commits, so it is never stored, not even when the hold is over by then.
        flight.IsUnstored = _holds is not null && IsHeld(flight.Key, flight.StartedAt);
        flight.Next = _first;
        _first = flight;
    }

    /// <summary>Takes a flight off that has settled.</summary>
    internal void Remove(Flight flight)
    {
        if (ReferenceEquals(_first, flight))
        {
            _first = flight.Next;
        }
        else
        {
            var before = _first;
            while (before is not null && !ReferenceEquals(before.Next, flight))
            {
                before = before.Next;
            }

            if (before is null)
            {
                return;
            }

            before.Next = flight.Next;
        }

        flight.Next = null;
    }

    /// <summary>
    /// Takes the key's flight off while it goes on: it will be stored nowhere, and nobody joins it any more. Nor is anything kept that is being read of the key
    /// from below.
    /// </summary>
    internal void Detach(string key)
    {
        if (Find(key) is { } flight)
        {
            Detach(flight);
        }

        Changed(key);
    }

    /// <summary>Something newer has just been stored or removed: snapshots do not match any more, and nothing is kept that is being read of the key from below.</summary>
    internal void Changed(string key)
    {
        versions.Bump(key);
        for (var observation = _watching; observation is not null; observation = observation.Next)
        {
            if (observation.Key == key)
            {
                observation.Void();
            }
        }
    }

    internal void Detach(Flight flight)
    {
        flight.IsDetached = true;
        Remove(flight);
    }

    /// <summary>Keeps the key from being stored until then, in place of an earlier hold of it. Whatever runs for it has been detached.</summary>
    internal void Hold(string key, long now, long until) => _holds = new KeyHold(key, until, KeyHold.Without(_holds, key, now));

    /// <summary>The key was written or removed, which ends its hold.</summary>
    internal void EndHold(string key, long now)
    {
        if (_holds is not null)
        {
            _holds = KeyHold.Without(_holds, key, now);
        }
    }

    internal bool IsHeld(string key, long now)
    {
        for (var hold = _holds; hold is not null; hold = hold.Next)
        {
            if (hold.Key == key)
            {
                return hold.Until > now;
            }
        }

        return false;
    }

    /// <summary>From now on changes of the observation's key reach it.</summary>
    internal void Watch(TierObservation observation)
    {
        observation.Next = _watching;
        _watching = observation;
    }

    internal void Unwatch(TierObservation observation)
    {
        if (ReferenceEquals(_watching, observation))
        {
            _watching = observation.Next;
        }
        else
        {
            var before = _watching;
            while (before is not null && !ReferenceEquals(before.Next, observation))
            {
                before = before.Next;
            }

            if (before is null)
            {
                return;
            }

            before.Next = observation.Next;
        }

        observation.Next = null;
    }

    /// <summary>Changes of these keys may have been missed: whatever is being read of them is void, armed or not.</summary>
    internal void Missed(Func<string, bool> areThey)
    {
        for (var observation = _watching; observation is not null; observation = observation.Next)
        {
            if (areThey(observation.Key))
            {
                observation.Void();
            }
        }
    }

    /// <summary>The authority says that the key has changed: what that means to those who read it depends on how far they have come.</summary>
    internal void NoteChange(string key)
    {
        for (var observation = _watching; observation is not null; observation = observation.Next)
        {
            if (observation.Key == key)
            {
                observation.NoteChange();
            }
        }
    }
}
