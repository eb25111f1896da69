using Larder.Fences;
using Larder.Flights;

namespace Larder.Flows;

/// <summary>How far a call got without waiting: it has its answer, or the flight to wait for, or something to wait for before it begins again.</summary>
internal readonly struct LoadStep<T>
{
    private LoadStep(CacheResult<T> result, Flight? flight, Task? landing, FenceStamp? joinStamp, bool isBare, long? arrival = null)
    {
        Arrival = arrival;
        Result = result;
        Flight = flight;
        Landing = landing;
        JoinStamp = joinStamp;
        IsBare = isBare;
    }

    /// <summary>The answer, when <see cref="IsAnswered"/>.</summary>
    internal CacheResult<T> Result { get; }

    internal Flight? Flight { get; }

    /// <summary>The end of the flight.</summary>
    internal Task? Landing { get; }

    /// <summary>The any-tag stamp at the time of joining; null for the leader.</summary>
    internal FenceStamp? JoinStamp { get; }

    /// <summary>True when the caller may simply be handed the flight's task: it has no time-out, cancellation or copy of its own.</summary>
    internal bool IsBare { get; }

    /// <summary>When the caller came, in the order of flights, if it may join only flights that began after that; see <see cref="FlightTable.NextOrder"/>.</summary>
    internal long? Arrival { get; }

    internal bool IsAnswered => Landing is null;

    /// <summary>True when the caller can neither join nor lead yet: it waits for the end of <see cref="Landing"/> and begins again.</summary>
    internal bool IsBlocked => Landing is not null && Flight is null;

    internal static LoadStep<T> Blocked(Task until, long? arrival) => new(default, null, until, null, isBare: false, arrival);

    internal static LoadStep<T> Answered(in CacheResult<T> result) => new(result, null, null, null, isBare: false);

    internal static LoadStep<T> Leading(Flight<T> flight, Task landing, bool isBare) => new(default, flight, landing, null, isBare);

    internal static LoadStep<T> Joining(Flight flight, Task landing, FenceStamp joinStamp, bool isBare) =>
        new(default, flight, landing, joinStamp, isBare);
}
