using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Larder.Redis.Connecting;

/// <summary>
/// Loggers whose own failures end here: they are the application's code, and must end neither a connection nor the attempts to make one. The factory is asked for when there is something to say, because the settings of the cache
/// may name it after its Redis.
/// </summary>
internal sealed class QuietLoggers(Func<ILoggerFactory?> inner) : ILoggerFactory
{
    internal static ILoggerFactory? Around(ILoggerFactory? loggers) => loggers is null or QuietLoggers ? loggers : new QuietLoggers(() => loggers);

    public ILogger CreateLogger(string categoryName) => new Quiet(inner, categoryName);

    public void AddProvider(ILoggerProvider provider) => inner()?.AddProvider(provider);

    public void Dispose()
    {
        // It stays the application's.
    }

    private sealed class Quiet(Func<ILoggerFactory?> loggers, string category) : ILogger
    {
        private ILogger? _logger;

        private ILogger Logger => _logger ??= loggers()?.CreateLogger(category) ?? NullLogger.Instance;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel)
        {
            try
            {
                return Logger.IsEnabled(logLevel);
            }
            catch (Exception)
            {
                return false;
            }
        }

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            try
            {
                Logger.Log(logLevel, eventId, state, exception, formatter);
            }
            catch (Exception)
            {
                // Nobody to tell.
            }
        }
    }
}
