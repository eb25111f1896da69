namespace Larder.Flights;

/// <summary>Decides what becomes of a flight; the flows implement it, so that a timer down here can end a flight.</summary>
internal interface IFlightSettler
{
    /// <summary>The source failed, timed out, or was given up.</summary>
    void Fail<T>(Flight<T> flight, Exception failed);
}
