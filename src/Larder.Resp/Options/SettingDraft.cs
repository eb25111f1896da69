using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Larder.Resp.Options;

/// <summary>
/// The settings while they are being read. What depends on several of them (the default port, TLS, the command's deadline, Sentinel)
/// is decided in <see cref="Finish"/>.
/// </summary>
internal sealed class SettingDraft
{
    private const int DefaultTlsPort = 6380;

    private readonly HashSet<string> _given = new(StringComparer.OrdinalIgnoreCase);

    internal RespOptions Options { get; set; } = new();

    /// <summary>Hosts with their ports as far as they were named.</summary>
    internal List<(string Host, int? Port)> Hosts { get; } = [];

    internal string? UnixPath { get; set; }

    /// <summary>The scheme of the URL; null for a list. A URL says by its scheme whether there is TLS, and its port is always 6379.</summary>
    internal string? Scheme { get; init; }

    internal bool? Ssl { get; set; }

    internal string? SslHost { get; set; }

    internal SslProtocols? SslProtocols { get; set; }

    internal X509RevocationMode? RevocationMode { get; set; }

    internal TimeSpan? CommandTimeout { get; set; }

    internal TimeSpan? AsyncTimeout { get; set; }

    internal TimeSpan? SyncTimeout { get; set; }

    internal string? ServiceName { get; set; }

    internal string? SentinelUser { get; set; }

    internal string? SentinelPassword { get; set; }

    /// <summary>Notes that a setting was given; false when it was given before.</summary>
    internal bool Note(string name) => _given.Add(name);

    internal RespOptions? Finish(List<string> problems)
    {
        var tls = Tls(problems);
        var sentinel = Sentinel(problems);
        var endPoints = EndPoints(problems, tls is not null, sentinel is not null);
        var timeout = Timeout(problems);
        if (_given.Contains("backlogLimit") && Options.BacklogPolicy == RespBacklogPolicy.FailFast)
        {
            problems.Add("backlogLimit is set, but backlogPolicy is failFast and keeps no backlog; add backlogPolicy=queue or remove backlogLimit.");
        }

        return problems.Count > 0
            ? null
            : Options with { EndPoints = endPoints, Tls = tls, Sentinel = sentinel, CommandTimeout = timeout };
    }

    private RespTlsOptions? Tls(List<string> problems)
    {
        if (Ssl is true)
        {
            return new RespTlsOptions
            {
                TargetHost = SslHost,
                Protocols = SslProtocols ?? System.Security.Authentication.SslProtocols.None,
                RevocationMode = RevocationMode ?? X509RevocationMode.NoCheck,
            };
        }

        if (SslHost is not null || SslProtocols is not null || RevocationMode is X509RevocationMode.Online)
        {
            var name = SslHost is not null ? "sslHost" : SslProtocols is not null ? "sslProtocols" : "checkCertificateRevocation";
            problems.Add($"{name} is set, but connections are not encrypted; {(Scheme is null ? "add ssl=true" : "write rediss://")} or remove {name}.");
        }

        return null;
    }

    private RespSentinelOptions? Sentinel(List<string> problems)
    {
        if (ServiceName is not null)
        {
            return new RespSentinelOptions { ServiceName = ServiceName, User = SentinelUser, Password = SentinelPassword };
        }

        if (SentinelUser is not null || SentinelPassword is not null)
        {
            problems.Add(
                $"{(SentinelUser is not null ? "sentinelUser" : "sentinelPassword")} is set, but there is no Sentinel;"
                + " add serviceName with the name that the Sentinels watch the primary under, or remove it.");
        }

        return null;
    }

    private List<RespEndPoint> EndPoints(List<string> problems, bool tls, bool sentinel)
    {
        var defaultPort = sentinel
            ? RespEndPoint.DefaultSentinelPort
            : tls && Scheme is null ? DefaultTlsPort : RespEndPoint.DefaultPort;
        var endPoints = Hosts.ConvertAll(host => new RespEndPoint(host.Host, host.Port ?? defaultPort));
        if (UnixPath is not null)
        {
            endPoints.Add(RespEndPoint.Unix(UnixPath));
        }

        if (endPoints.Count == 0 && problems.Count == 0)
        {
            problems.Add("The connection string names no server; begin it with one, such as \"localhost:6379\".");
        }

        return endPoints;
    }

    /// <summary>
    /// There are only asynchronous commands here, so asyncTimeout counts, and syncTimeout stands in for it where it is missing, as in
    /// StackExchange.Redis. Our own name must not contradict the one that counts.
    /// </summary>
    private TimeSpan Timeout(List<string> problems)
    {
        var foreign = AsyncTimeout ?? SyncTimeout;
        if (CommandTimeout is { } own && foreign is { } other && own != other)
        {
            problems.Add(
                $"commandTimeout is {DurationLimit.Text(own)}, but {(AsyncTimeout is null ? "syncTimeout" : "asyncTimeout")}, which means the same,"
                + $" is {DurationLimit.Text(other)}; keep one of them.");
        }

        return CommandTimeout ?? foreign ?? Options.CommandTimeout;
    }
}
