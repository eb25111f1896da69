namespace Larder.Flights;

/// <summary>
/// The lock of a share of all keys, and the flights of those keys. Whatever changes a key in this process does it
/// under this lock, which puts loads, Sets, removals and expirations of one key in one order.
/// </summary>
internal sealed class FlightStripe
{
    private Flight? _first;

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

    /// <summary>Takes the key's flight off while it goes on: it will be stored nowhere, and nobody joins it any more.</summary>
    internal void Detach(string key)
    {
        if (Find(key) is { } flight)
        {
            Detach(flight);
        }
    }

    internal void Detach(Flight flight)
    {
        flight.IsDetached = true;
        Remove(flight);
    }
}
