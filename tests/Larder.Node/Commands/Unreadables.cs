using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Larder.Node.Commands;

/// <summary>Counts what could not be read below memory, by its reason, as the meter tells it.</summary>
internal sealed class Unreadables : IDisposable
{
    private readonly ConcurrentDictionary<string, long> _counts = new();
    private readonly MeterListener _listener = new();

    internal Unreadables()
    {
        _listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Name == "larder.tier.unreadable")
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((_, count, tags, _) =>
        {
            foreach (var tag in tags)
            {
                if (tag.Key == "reason")
                {
                    _counts.AddOrUpdate(tag.Value!.ToString()!, count, (_, before) => before + count);
                }
            }
        });
        _listener.Start();
    }

    public void Dispose() => _listener.Dispose();

    internal string All() => _counts.IsEmpty ? "nothing" : string.Join(',', _counts.Select(static count => $"{count.Key}:{count.Value}").Order(StringComparer.Ordinal));
}
