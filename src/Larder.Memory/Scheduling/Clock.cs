using System.Runtime.CompilerServices;

namespace Larder.Memory.Scheduling;

/// <summary>
/// Milliseconds of which only differences mean anything. With the system's time provider it reads the tick count,
/// which costs a quarter of a timestamp and may lag by the operating system's tick (some milliseconds).
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

    internal long Now
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _provider is null ? Environment.TickCount64 : ReadProvider(_provider);
    }

    /// <summary>So many milliseconds later, or the end of all time; a clock may begin below zero, so only the sum tells whether it is too much.</summary>
    internal static long Later(long now, long time)
    {
        var end = unchecked(now + time);
        return end < now ? long.MaxValue : end;
    }

    // In whole numbers: a timestamp in nanoseconds has more digits than a double.
    private static long ReadProvider(TimeProvider provider)
    {
        var timestamp = provider.GetTimestamp();
        var frequency = provider.TimestampFrequency;
        return frequency % 1_000 == 0 ? timestamp / (frequency / 1_000) : (long)((Int128)timestamp * 1_000 / frequency);
    }
}
