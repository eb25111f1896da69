using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Larder.Node;

/// <summary>Keeps the last of what the cache and its client have logged, with the time on the machine's monotonic clock in seconds, for whoever asks when something is wrong.</summary>
internal sealed class RecentLog : ILoggerFactory, ILogger
{
    private const int LinesKept = 60;
    private readonly Queue<string> _lines = new();

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider)
    {
        // There is one place for all.
    }

    public void Dispose()
    {
        // Nothing is held.
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        var line = string.Create(CultureInfo.InvariantCulture, $"{(double)Stopwatch.GetTimestamp() / Stopwatch.Frequency:F4} {logLevel} {eventId.Id}: {formatter(state, exception)}");
        lock (_lines)
        {
            _lines.Enqueue(line.ReplaceLineEndings(" "));
            if (_lines.Count > LinesKept)
            {
                _lines.Dequeue();
            }
        }
    }

    /// <summary>All of it in one line.</summary>
    internal string All()
    {
        lock (_lines)
        {
            return _lines.Count == 0 ? "nothing" : string.Join(" | ", _lines);
        }
    }
}
