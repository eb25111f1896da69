using System.Diagnostics.Metrics;

namespace Larder.Resp.Signals;

/// <summary>
/// The meter "Larder.Resp". What moves with every command is observed from the connections' own counters when somebody
/// collects; only what is rare is counted as it happens. The only tag is the end point.
/// </summary>
internal static class RespMeter
{
    internal const string Name = "Larder.Resp";
    private const string EndPointTag = "server.address";

    private static readonly Meter Instruments = new(Name, typeof(RespMeter).Assembly.GetName().Version?.ToString(3));
    private static readonly object Gate = new();
    private static readonly List<WeakReference<IConnectionGauges>> Nodes = [];

    private static readonly Counter<long> TimeoutCount = Instruments.CreateCounter<long>(
        "larder.resp.timeouts", "{command}", "Commands whose time was up before their reply came.");

    private static readonly Counter<long> ConnectionCount = Instruments.CreateCounter<long>(
        "larder.resp.connections.opened", "{connection}", "Connections that were opened.");

    private static readonly Counter<long> LossCount = Instruments.CreateCounter<long>(
        "larder.resp.connections.lost", "{connection}", "Connections that were lost.");

    private static readonly Counter<long> RetryCount = Instruments.CreateCounter<long>(
        "larder.resp.resends", "{command}", "Commands that were sent again after their connection was lost.");

    private static readonly Counter<long> IndeterminateCount = Instruments.CreateCounter<long>(
        "larder.resp.indeterminate", "{command}", "Commands of which nobody knows whether they were carried out.");

    static RespMeter()
    {
        Instruments.CreateObservableUpDownCounter("larder.resp.pending", () => Each(static node => node.Depth), "{command}", "Commands without a reply.");
        Instruments.CreateObservableUpDownCounter(
            "larder.resp.connections", () => Each(static node => node.IsConnected ? 1 : 0), "{connection}", "Connections that are up.");
        Instruments.CreateObservableCounter("larder.resp.sent", () => Each(static node => node.TotalSent), "By", "Bytes sent.");
        Instruments.CreateObservableCounter("larder.resp.received", () => Each(static node => node.TotalReceived), "By", "Bytes received.");
    }

    internal static void TimedOut(string endPoint, int count) => TimeoutCount.Add(count, Tag(endPoint));

    internal static void Opened(string endPoint) => ConnectionCount.Add(1, Tag(endPoint));

    internal static void Lost(string endPoint) => LossCount.Add(1, Tag(endPoint));

    internal static void Resent(string endPoint, int count) => RetryCount.Add(count, Tag(endPoint));

    internal static void Indeterminate(string endPoint) => IndeterminateCount.Add(1, Tag(endPoint));

    /// <summary>Makes the node visible for as long as it lives.</summary>
    internal static void Register(IConnectionGauges node)
    {
        lock (Gate)
        {
            Nodes.RemoveAll(static reference => !reference.TryGetTarget(out _));
            Nodes.Add(new WeakReference<IConnectionGauges>(node));
        }
    }

    internal static void Forget(IConnectionGauges node)
    {
        lock (Gate)
        {
            Nodes.RemoveAll(reference => !reference.TryGetTarget(out var known) || ReferenceEquals(known, node));
        }
    }

    private static KeyValuePair<string, object?> Tag(string endPoint) => new(EndPointTag, endPoint);

    private static List<Measurement<long>> Each(Func<IConnectionGauges, long> read)
    {
        lock (Gate)
        {
            var measured = new List<Measurement<long>>(Nodes.Count);
            foreach (var reference in Nodes)
            {
                if (reference.TryGetTarget(out var node))
                {
                    measured.Add(new Measurement<long>(read(node), Tag(node.EndPointName)));
                }
            }

            return measured;
        }
    }
}
