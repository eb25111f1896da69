using System.Diagnostics.Metrics;

namespace Larder.Benchmarks.Suites;

/// <summary>
/// Listens to the meter "Larder" as an exporter does: all instruments enabled, measurements taken at once, and the
/// observable instruments collected now and then on a thread of the pool (every 10 ms; an exporter does it every few
/// seconds).
/// </summary>
internal sealed class MetricsListening : IDisposable
{
    private static readonly TimeSpan CollectEvery = TimeSpan.FromMilliseconds(10);
    private readonly MeterListener _listener = new();
    private readonly Timer _collecting;
    private long _measurements;

    internal MetricsListening()
    {
        _listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Meter.Name == "Larder")
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((_, _, _, _) => Interlocked.Increment(ref _measurements));
        _listener.SetMeasurementEventCallback<double>((_, _, _, _) => Interlocked.Increment(ref _measurements));
        _listener.Start();

        // The first time at once and here: on a busy machine the pool may come too late for a short turn.
        _listener.RecordObservableInstruments();
        _collecting = new Timer(static listener => ((MeterListener)listener!).RecordObservableInstruments(), _listener, CollectEvery, CollectEvery);
    }

    /// <summary>How often the listener has been told something.</summary>
    internal long Measurements => Interlocked.Read(ref _measurements);

    public void Dispose()
    {
        using var finished = new ManualResetEvent(initialState: false);
        if (_collecting.Dispose(finished))
        {
            finished.WaitOne();
        }

        _listener.Dispose();
    }
}
