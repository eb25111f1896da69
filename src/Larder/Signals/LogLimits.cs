using System.Collections.Concurrent;
using Larder.Scheduling;

namespace Larder.Signals;

/// <summary>
/// Keeps what happens for every call, while a tier is down or another version of the application writes, from filling the log: each cause is told at once and then seldom. A cause is an event, what it is about, and the type of
/// the exception, so a new reason is told at once.
/// </summary>
internal sealed class LogLimits(Clock clock)
{
    // There are few causes. Should a tier go on making up names or types of exceptions, those beyond share one limit.
    private const int Most = 256;

    private readonly ConcurrentDictionary<(string Event, string Subject, Type? Failure), LogLimit> _limits = new();
    private readonly LogLimit _rest = new(clock);

    internal bool MayTell((string Event, string Subject, Type? Failure) cause, out LeftOut leftOut) => LimitOf(cause).MayTell(out leftOut);

    private LogLimit LimitOf((string Event, string Subject, Type? Failure) cause) =>
        _limits.TryGetValue(cause, out var limit) ? limit
        : _limits.Count >= Most ? _rest
        : _limits.GetOrAdd(cause, static (_, clock) => new LogLimit(clock), clock);
}
