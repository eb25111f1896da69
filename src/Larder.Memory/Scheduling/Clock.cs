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

    private static long ReadProvider(TimeProvider provider) =>
        (long)(provider.GetTimestamp() * (1000.0 / provider.TimestampFrequency));
}
