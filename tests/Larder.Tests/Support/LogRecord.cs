using Microsoft.Extensions.Logging;

namespace Larder.Tests.Support;

/// <summary>One message that was logged.</summary>
internal sealed record LogRecord(LogLevel Level, EventId Id, string Message, Exception? Exception);
