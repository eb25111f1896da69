using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Larder.Redis.Tests.Kit;

/// <summary>Keeps what a cache logs.</summary>
internal sealed class Logs : ILoggerFactory
{
    internal ConcurrentQueue<(EventId Id, string Message, string Category)> Told { get; } = new();

    public ILogger CreateLogger(string categoryName) => new Logger(Told, categoryName);

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public void Dispose()
    {
    }

    private sealed class Logger(ConcurrentQueue<(EventId Id, string Message, string Category)> told, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            told.Enqueue((eventId, formatter(state, exception), category));
    }
}
