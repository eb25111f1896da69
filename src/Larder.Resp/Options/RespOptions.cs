using System.Diagnostics.CodeAnalysis;
using Larder.Resp.Options;
using Microsoft.Extensions.Logging;

namespace Larder.Resp;

/// <summary>
/// How a client connects and behaves. It can not be changed once it is made, so it may be shared; <c>with</c> makes
/// a changed copy. It is checked as a whole when a client is made from it.
/// </summary>
/// <example><code>
/// var options = RespOptions.Parse("cache-1:6379,cache-2:6379,password=...,ssl=true") with { LoggerFactory = loggers };
/// </code></example>
public sealed record RespOptions
{
    /// <summary>The servers, or the Sentinels where <see cref="Sentinel"/> is set. At least one; a unix socket stands alone.</summary>
    public IReadOnlyList<RespEndPoint> EndPoints { get; init; } = [];

    /// <summary>The ACL user; null, the default, for the user "default".</summary>
    public string? User { get; init; }

    /// <summary>The password; null, the default, for none. It is in no message, no log and not in <see cref="ToString"/>.</summary>
    public string? Password { get; init; }

    /// <summary>
    /// Gives user and password anew for each connection, for secrets that rotate; null, the default: <see cref="User"/> and
    /// <see cref="Password"/> are used. It counts inside <see cref="ConnectTimeout"/>, may be called for several connections at once,
    /// and what it throws fails that attempt to connect. It is not combined with <see cref="User"/> or <see cref="Password"/>.
    /// </summary>
    public Func<CancellationToken, ValueTask<RespCredentials>>? CredentialsProvider { get; init; }

    /// <summary>The number of the database that each connection selects; the default is 0, the only one that a cluster has.</summary>
    public int Database { get; init; }

    /// <summary>What the server calls the connections (CLIENT LIST); null, the default: nothing is set. Printable ASCII without spaces.</summary>
    public string? ClientName { get; init; }

    /// <summary>Whether servers that know CLIENT SETINFO are told the library's name and version; the default is true.</summary>
    public bool SendLibraryInfo { get; init; } = true;

    /// <summary>Encryption; null, the default: none.</summary>
    public RespTlsOptions? Tls { get; init; }

    /// <summary>What one attempt to connect may take, with name resolution, TLS and log-in; the default is 5 s, from 1 ms to 1 day.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How often the first connection is tried again before making the client fails; the default is 3, zero for never.</summary>
    public int ConnectRetry { get; init; } = 3;

    /// <summary>
    /// Whether making the client fails when no server can be reached. True, the default. False: the client is made anyway and goes on trying;
    /// meanwhile <see cref="BacklogPolicy"/> says what becomes of commands. Wrong credentials and wrong certificates fail in both cases.
    /// </summary>
    public bool AbortOnConnectFailure { get; init; } = true;

    /// <summary>
    /// The deadline of a command, from the call to its answer; the default is 5 s, from 1 ms to 1 day. The caller gets a time-out then;
    /// the connection lives on until <see cref="HardTimeout"/>.
    /// </summary>
    public TimeSpan CommandTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// The age of an unanswered command at which its connection counts as dead and is dropped, at least <see cref="CommandTimeout"/>.
    /// Null, the default: twice that.
    /// </summary>
    public TimeSpan? HardTimeout { get; init; }

    /// <summary>How long a connection is idle before the operating system probes it (TCP keepalive); the default is 30 s, at least 1 s; zero turns it off.</summary>
    public TimeSpan KeepAliveInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a connection is idle before the client itself asks for a sign of life; the default is 5 s, from 10 ms to 1 h; zero turns it off.</summary>
    public TimeSpan HeartbeatInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The upper end of the first pause before a lost connection is dialled again; the default is 50 ms. Pauses are drawn from zero up (full jitter).</summary>
    public TimeSpan ReconnectMinimum { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>What the upper end of the pauses grows to, doubling each time; the default is 30 s, at most 1 h.</summary>
    public TimeSpan ReconnectMaximum { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How many commands may be unanswered on one connection; further ones wait for room until their deadline. The default is
    /// 16,384, from 16 to 1,048,576; it is rounded up to a power of two.
    /// </summary>
    public int MaximumPending { get; init; } = 16_384;

    /// <summary>What becomes of commands that are given while there is no connection; the default is to fail them at once.</summary>
    public RespBacklogPolicy BacklogPolicy { get; init; } = RespBacklogPolicy.FailFast;

    /// <summary>How many commands may wait for a connection with <see cref="RespBacklogPolicy.Queue"/>; the default is 4,096, from 1 to 1,048,576.</summary>
    public int BacklogLimit { get; init; } = 4_096;

    /// <summary>How much of a reply is believed.</summary>
    public RespLimits Limits { get; init; } = new();

    /// <summary>What kind of installation this is; the default is to ask.</summary>
    public RespTopologyKind Topology { get; init; } = RespTopologyKind.Auto;

    /// <summary>How the Sentinels are asked; null, the default, where there are none.</summary>
    public RespSentinelOptions? Sentinel { get; init; }

    /// <summary>
    /// Whether commands that only read may go to replicas, which can lag behind; the default is false. Where no replica is
    /// reachable they go to the primary.
    /// </summary>
    public bool ReadFromReplicas { get; init; }

    /// <summary>How often the topology (slots, primary, replicas) is asked for without a cause; the default is 60 s, at least 1 s; zero turns it off.</summary>
    public TimeSpan TopologyRefreshInterval { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The clock of all deadlines and pauses; the default is the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Where the client logs to; null, the default, for nowhere. Keys, values and secrets are never logged.</summary>
    public ILoggerFactory? LoggerFactory { get; init; }

    /// <summary><see cref="HardTimeout"/> with its default filled in.</summary>
    internal TimeSpan EffectiveHardTimeout => HardTimeout ?? CommandTimeout + CommandTimeout;

    /// <summary>
    /// Reads a connection string: <c>host:port,host2:port,password=...,ssl=true,...</c> or a URL with one of the schemes
    /// <c>redis</c>, <c>rediss</c> and <c>unix</c>. Names are read without regard to case; docs/resp.md lists them all.
    /// </summary>
    /// <param name="text">The connection string. White space around it and empty parts are passed over.</param>
    /// <exception cref="ArgumentNullException"><paramref name="text"/> is null.</exception>
    /// <exception cref="RespOptionsException">A setting is unknown, malformed, out of its limits, given twice, or contradicts another one.</exception>
    public static RespOptions Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryParse(text, out var options, out var problems) ? options : throw new RespOptionsException(problems);
    }

    /// <summary>Reads a connection string as <see cref="Parse"/> does, and says by its result whether it could.</summary>
    /// <param name="text">The connection string; null is none.</param>
    /// <param name="options">The settings; null when the result is false.</param>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out RespOptions? options) =>
        TryParse(text, out options, out _);

    /// <summary>Reads a connection string as <see cref="Parse"/> does, and says what is wrong with it without throwing.</summary>
    /// <param name="text">The connection string; null is none.</param>
    /// <param name="options">The settings; null when the result is false.</param>
    /// <param name="problems">Each thing that is wrong; empty when the result is true. No secret is in them.</param>
    public static bool TryParse(
        [NotNullWhen(true)] string? text, [NotNullWhen(true)] out RespOptions? options, out IReadOnlyList<string> problems)
    {
        var found = new List<string>();
        options = text is null ? null : SettingsText.Read(text, found);
        if (text is null)
        {
            found.Add("There is no connection string; write one such as \"localhost:6379\".");
        }

        if (options is not null && found.Count == 0)
        {
            found.AddRange(RespOptionsRules.Problems(options));
        }

        problems = found;
        options = found.Count == 0 ? options : null;
        return options is not null;
    }

    /// <summary>What is wrong with the settings, each thing with its setting, value, limit and remedy; empty when a client can be made with them. No secret is in it.</summary>
    public IReadOnlyList<string> FindProblems() => RespOptionsRules.Problems(this);

    /// <summary>Whether both are the same instance: settings with secrets, delegates and lists have no other equality.</summary>
    /// <param name="other">What to compare with.</param>
    public bool Equals(RespOptions? other) => ReferenceEquals(this, other);

    /// <inheritdoc/>
    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);

    /// <summary>
    /// The settings that differ from their defaults, as a connection string. Passwords are replaced by ***; what can only be set in code
    /// (certificates, delegates, clock, loggers) is left out.
    /// </summary>
    public override string ToString() => SettingsText.Write(this);
}
