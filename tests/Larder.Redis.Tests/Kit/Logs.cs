using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Larder.Redis.Tests.Kit;

/// <summary>Keeps what a cache logs.</summary>
internal sealed class Logs : ILoggerFactory, ILogger
{
    internal ConcurrentQueue<(EventId Id, string Message)> Told { get; } = new();

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

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Told.Enqueue((eventId, formatter(state, exception)));
}
