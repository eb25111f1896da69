using Larder.Flights;
using Larder.Ports;
using Larder.Tiers;

namespace Larder.Flows;

/// <summary>What a flight hears of its key from the authority: from when on, and until when.</summary>
internal sealed class WatchFlow(CacheParts parts, TierChain chain)
{
    /// <summary>A new observation of the flight's key, in place of the one before.</summary>
    internal TierObservation Watch(Flight flight)
    {
        var observation = new TierObservation(flight.Key);
        var stripe = parts.Flights.StripeOf(flight.Key);
        lock (stripe)
        {
            if (flight.Below!.Observation is { } before)
            {
                stripe.Unwatch(before);
                flight.Below.IsUnwatched |= before.IsUnwatched;
                if (before.IsVoid)
                {
                    // What was found before the change is not fallen back on after it.
                    flight.Below.Older = null;
                }
            }

            flight.Below.Observation = observation;
            stripe.Watch(observation);
            if (flight.IsDetached)
            {
                observation.Void();
            }
        }

        return observation;
    }

    internal void Unwatch(Flight flight)
    {
        var stripe = parts.Flights.StripeOf(flight.Key);
        lock (stripe)
        {
            if (flight.Below!.Observation is { } observation)
            {
                stripe.Unwatch(observation);
                flight.Below.Observation = null;
            }
        }
    }

    /// <summary>
    /// From here on the authority has no part in the load. What it announces of the key still ends the sharing, if it has answered; if it has not, it may never announce anything.
    /// </summary>
    internal void BeAlone(Flight flight, bool isKept)
    {
        var stripe = parts.Flights.StripeOf(flight.Key);
        lock (stripe)
        {
            var below = flight.Below!;
            below.MayBeKept = isKept;
            if (!isKept && below.Observation is { AllowsKeeping: true })
            {
                return;
            }

            if (below.Observation is { } observation)
            {
                stripe.Unwatch(observation);
                below.Observation = null;
            }

            below.IsUnwatched = chain.Coherence is { Level: not CoherenceLevel.Eventual };
        }
    }
}
