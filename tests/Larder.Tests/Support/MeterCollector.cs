using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Larder.Tests.Support;

/// <summary>Listens to the meter "Larder" and keeps what one cache measures; tests run side by side, so the others' are left out.</summary>
internal sealed class MeterCollector : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly string _cache;
    private readonly ConcurrentQueue<Measured> _measured = new();
    private readonly ConcurrentDictionary<string, Instrument> _instruments = new(StringComparer.Ordinal);

    internal MeterCollector(string cache)
    {
        _cache = cache;
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == "Larder")
            {
                _instruments[instrument.Name] = instrument;
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Keep(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Keep(instrument, value, tags));
        _listener.Start();
    }

    internal IReadOnlyDictionary<string, Instrument> Instruments => _instruments;

    public void Dispose() => _listener.Dispose();

    /// <summary>Everything measured since the last time, what is observed on demand included.</summary>
    internal List<Measured> Collect()
    {
        _listener.RecordObservableInstruments();
        var all = new List<Measured>();
        while (_measured.TryDequeue(out var measured))
        {
            all.Add(measured);
        }

        return all;
    }

    private void Keep(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var named = tags.ToArray().ToDictionary(tag => tag.Key, tag => tag.Value?.ToString() ?? "", StringComparer.Ordinal);
        if (named.GetValueOrDefault("cache") == _cache)
        {
            _measured.Enqueue(new Measured(instrument.Name, value, named));
        }
    }

    /// <summary>One measurement.</summary>
    internal sealed record Measured(string Instrument, double Value, Dictionary<string, string> Tags)
    {
        /// <summary>The tags besides the cache, in order, such as "status=hit tier=memory".</summary>
        internal string Rest => string.Join(' ', Tags.Where(tag => tag.Key != "cache").OrderBy(tag => tag.Key).Select(tag => $"{tag.Key}={tag.Value}"));
    }
}
