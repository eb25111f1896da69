using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Larder.Tests.Support;

/// <summary>Keeps what is logged, for tests to look at.</summary>
internal sealed class LogCollector : ILoggerFactory, ILogger
{
    private readonly ConcurrentQueue<LogRecord> _records = new();

    internal IReadOnlyList<LogRecord> Records => [.. _records];

    internal void Clear() => _records.Clear();

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public void Dispose()
    {
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _records.Enqueue(new LogRecord(logLevel, eventId, formatter(state, exception), exception));
}
