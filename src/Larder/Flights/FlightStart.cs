using Larder.Entries;
using Larder.Fences;

namespace Larder.Flights;

/// <summary>What a flight takes with it when it begins, fences first.</summary>
internal readonly struct FlightStart
{
    internal required string Key { get; init; }

    internal required EntrySettings Settings { get; init; }

    internal required FenceStamp CacheStamp { get; init; }

    internal required FenceStamp AnyTagStamp { get; init; }

    internal required TagStamp[]? Tags { get; init; }

    internal required Entry? Before { get; init; }

    internal required long Now { get; init; }

    internal Flight? Parent { get; init; }

    internal bool IsRefresh { get; init; }
}
