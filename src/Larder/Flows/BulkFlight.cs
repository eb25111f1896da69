using Larder.Flights;
using Larder.Ports;
using Larder.Scheduling;

namespace Larder.Flows;

/// <summary>
/// The flight of one key among several that are loaded together. To everybody else it is a flight like any other: joined, detached and settled by itself. Its
/// clock and the call of the source belong to the batch.
/// </summary>
internal sealed class BulkFlight<T>(in FlightStart start, BulkBatch<T> batch, string given) : Flight<T>(in start)
{
    private volatile bool _hasLanded;

    internal BulkBatch<T> Batch { get; } = batch;

    /// <summary>The key as the caller gave it.</summary>
    internal string Given { get; } = given;

    /// <summary>True once everybody who waits has been let go: then the caller needs no task to wait for.</summary>
    internal bool HasLanded => _hasLanded;

    /// <summary>A value below that can not be used; see <see cref="ITier.ClaimAsync"/>.</summary>
    internal FenceToken Unusable { get; set; }

    /// <summary>True when what the loader brings is to be stored below.</summary>
    internal bool IsLeased { get; set; }

    /// <summary>True while the loader is asked for this key and others. Guarded by the batch.</summary>
    internal bool IsAsked { get; set; }

    /// <summary>True when nobody wants the key any more. Guarded by the batch.</summary>
    internal bool IsGivenUp { get; set; }

    internal override bool HoldsRefreshPlace => false;

    internal override bool Represents(Flight other) =>
        ReferenceEquals(this, other) || (other is BulkFlight<T> { IsAsked: true } sibling && IsAsked && ReferenceEquals(sibling.Batch, Batch));

    internal override void Arm(Scheduler scheduler, IFlightSettler settler) => Batch.Arm(scheduler, settler);

    internal override void GiveUp()
    {
        base.GiveUp();
        Batch.GiveUp(this);
    }

    internal override void Release()
    {
        base.Release();
        _hasLanded = true;
        Batch.Landed();
    }
}
