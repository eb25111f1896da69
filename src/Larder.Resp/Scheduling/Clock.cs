using System.Runtime.CompilerServices;

namespace Larder.Resp.Scheduling;

/// <summary>
/// The one clock of the client: monotonic milliseconds, of which only differences mean anything. With the system's
/// time provider it reads <see cref="Environment.TickCount64"/>, which costs a quarter of a timestamp and may lag by
/// the operating system's tick (some milliseconds).
/// </summary>
internal sealed class Clock
{
    // Null for the system's clock, so that a read pays one comparison and no virtual call.
    private readonly TimeProvider? _provider;

    internal Clock(TimeProvider provider)
    {
        TimeProvider = provider;
        _provider = ReferenceEquals(provider, TimeProvider.System) ? null : provider;
    }

    internal TimeProvider TimeProvider { get; }

    /// <summary>Milliseconds now.</summary>
    internal long Now
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _provider is null ? Environment.TickCount64 : ReadProvider(_provider);
    }

    /// <summary>A precise instant, for measuring how long something takes.</summary>
    internal long Timestamp() => TimeProvider.GetTimestamp();

    internal TimeSpan Since(long timestamp) => TimeProvider.GetElapsedTime(timestamp);

    // In whole numbers: a timestamp in nanoseconds has more digits than a double.
    private static long ReadProvider(TimeProvider provider)
    {
        var timestamp = provider.GetTimestamp();
        var frequency = provider.TimestampFrequency;
        return frequency % 1_000 == 0 ? timestamp / (frequency / 1_000) : (long)((Int128)timestamp * 1_000 / frequency);
    }
}
