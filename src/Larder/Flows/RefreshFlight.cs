using Larder.Flights;

namespace Larder.Flows;

/// <summary>A flight that runs in the background and so takes its factory along.</summary>
internal sealed class RefreshFlight<T, TSource>(in FlightStart start, TSource source, SourceFlow flow)
    : Flight<T>(in start), IThreadPoolWorkItem
    where TSource : struct, ISource<T>
{
    internal TSource Source { get; } = source;

    public void Execute() => flow.Run(this);
}
