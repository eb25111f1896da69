using System.Diagnostics;

namespace Larder.Flights;

/// <summary>What somebody who traces or measures wants to know of a flight.</summary>
/// <param name="Activity">The activity of the load; null when nobody traces.</param>
/// <param name="StartTimestamp">The precise start.</param>
/// <param name="IsShared">True when another flight is measured for the call of the source that this one shares.</param>
internal sealed record FlightWatch(Activity? Activity, long StartTimestamp, bool IsShared = false);
