using System.Globalization;
using System.Security.Cryptography.X509Certificates;

namespace Larder.Resp.Options;

/// <summary>What a client's settings must be. All problems are found at once; each names the setting, the value, the limit and the remedy.</summary>
internal static class RespOptionsRules
{
    private const int LongestClientName = 256;
    private const int LongestUnixPath = 107;

    /// <summary>Throws unless the settings can be used.</summary>
    internal static void Check(RespOptions options)
    {
        var problems = Problems(options);
        if (problems.Count > 0)
        {
            throw new RespOptionsException(problems);
        }
    }

    internal static List<string> Problems(RespOptions options)
    {
        var problems = new List<string>();
        CheckEndPoints(options, problems);
        CheckLogIn(options, problems);
        CheckEncryption(options, problems);
        CheckTimes(options, problems);
        CheckBounds(options, problems);
        CheckTopology(options, problems);
        if (options.TimeProvider is null)
        {
            problems.Add("RespOptions.TimeProvider is null; set it to TimeProvider.System or leave it out.");
        }

        return problems;
    }

    private static void CheckEndPoints(RespOptions options, List<string> problems)
    {
        if (options.EndPoints is not { Count: > 0 } endPoints)
        {
            problems.Add("RespOptions.EndPoints is empty; name at least one server.");
            return;
        }

        if (endPoints.Any(endPoint => endPoint is null))
        {
            problems.Add("RespOptions.EndPoints has a null in it; remove it.");
            return;
        }

        foreach (var repeated in endPoints.GroupBy(endPoint => endPoint).Where(group => group.Count() > 1))
        {
            problems.Add($"RespOptions.EndPoints has {repeated.Key} twice; keep one of them.");
        }

        var socket = endPoints.FirstOrDefault(endPoint => endPoint.UnixPath is not null);
        if (socket is not null && endPoints.Count > 1)
        {
            problems.Add($"RespOptions.EndPoints has {socket} beside others; a unix socket stands alone.");
        }

        if (socket is not null && (System.Text.Encoding.UTF8.GetByteCount(socket.UnixPath!) > LongestUnixPath || socket.UnixPath!.Contains('\0')))
        {
            problems.Add(Invariant($"RespOptions.EndPoints has a unix socket whose path is longer than {LongestUnixPath} bytes or has a zero in it; use a plain, shorter path."));
        }

        if (socket is not null && (options.Sentinel is not null || options.Topology is RespTopologyKind.Sentinel or RespTopologyKind.Cluster))
        {
            problems.Add($"RespOptions.EndPoints is {socket}, but Sentinel and Cluster need TCP; name a host and a port.");
        }

        if (socket is not null && options.Tls is not null)
        {
            problems.Add($"RespOptions.Tls is set, but {socket} is a unix socket, which is not encrypted; remove one of them.");
        }
    }

    private static void CheckLogIn(RespOptions options, List<string> problems)
    {
        if (options.CredentialsProvider is not null && (options.User is not null || options.Password is not null))
        {
            problems.Add("RespOptions.CredentialsProvider is set beside User or Password; keep one of the two ways.");
        }

        if (options.User is { } user && (user.Length == 0 || user.Any(letter => letter is ' ' or '\0')))
        {
            problems.Add("RespOptions.User is empty or has a space in it; write an ACL user's name, or null for \"default\".");
        }

        // The rule of CLIENT SETNAME: from ! to ~.
        if (options.ClientName is { } name && (name.Length is 0 or > LongestClientName || name.Any(letter => letter is < '!' or > '~')))
        {
            problems.Add(Invariant($"RespOptions.ClientName is not one the server takes; use 1 to {LongestClientName} printable ASCII characters without spaces."));
        }
    }

    private static void CheckEncryption(RespOptions options, List<string> problems)
    {
        if (options.Tls is not { } tls)
        {
            return;
        }

        if (tls.TargetHost is { } host && Uri.CheckHostName(host) == UriHostNameType.Unknown)
        {
            problems.Add("RespTlsOptions.TargetHost is neither a host name nor an address; write the name that stands in the server's certificate.");
        }

        if (tls.CertificateAuthorities is null || tls.CertificateAuthorities.Any(certificate => certificate is null))
        {
            problems.Add("RespTlsOptions.CertificateAuthorities is null or has a null in it; leave it empty for the operating system's authorities.");
        }

        if (tls.ClientCertificates is null || tls.ClientCertificates.Any(certificate => certificate is not { HasPrivateKey: true }))
        {
            problems.Add("RespTlsOptions.ClientCertificates has a certificate without its private key; load it together with its key.");
        }

        if (!Enum.IsDefined(tls.RevocationMode))
        {
            problems.Add(Invariant($"RespTlsOptions.RevocationMode is {(int)tls.RevocationMode}; use a value of {nameof(X509RevocationMode)}."));
        }
    }

    private static void CheckTimes(RespOptions options, List<string> problems)
    {
        Duration(nameof(options.ConnectTimeout), options.ConnectTimeout, DurationLimit.Timeout, problems);
        Duration(nameof(options.CommandTimeout), options.CommandTimeout, DurationLimit.Timeout, problems);
        Duration(nameof(options.KeepAliveInterval), options.KeepAliveInterval, DurationLimit.KeepAlive, problems);
        Duration(nameof(options.HeartbeatInterval), options.HeartbeatInterval, DurationLimit.Heartbeat, problems);
        Duration(nameof(options.ReconnectMinimum), options.ReconnectMinimum, DurationLimit.Backoff, problems);
        Duration(nameof(options.ReconnectMaximum), options.ReconnectMaximum, DurationLimit.Backoff, problems);
        Duration(nameof(options.TopologyRefreshInterval), options.TopologyRefreshInterval, DurationLimit.TopologyRefresh, problems);
        if (options.HardTimeout is { } hard)
        {
            Duration(nameof(options.HardTimeout), hard, DurationLimit.Timeout, problems);
            if (hard < options.CommandTimeout)
            {
                problems.Add(
                    $"RespOptions.HardTimeout is {DurationLimit.Text(hard)}, less than CommandTimeout, which is {DurationLimit.Text(options.CommandTimeout)};"
                    + " set it to at least that, or leave it out for twice that.");
            }
        }

        if (options.ReconnectMinimum > options.ReconnectMaximum)
        {
            problems.Add(
                $"RespOptions.ReconnectMinimum is {DurationLimit.Text(options.ReconnectMinimum)}, more than ReconnectMaximum,"
                + $" which is {DurationLimit.Text(options.ReconnectMaximum)}; set it to at most that.");
        }
    }

    private static void CheckBounds(RespOptions options, List<string> problems)
    {
        Count("RespOptions.Database", options.Database, CountLimit.Database, problems);
        Count("RespOptions.ConnectRetry", options.ConnectRetry, CountLimit.ConnectRetry, problems);
        Count("RespOptions.MaximumPending", options.MaximumPending, CountLimit.Pending, problems);
        Count("RespOptions.BacklogLimit", options.BacklogLimit, CountLimit.Backlog, problems);
        Member("RespOptions.BacklogPolicy", options.BacklogPolicy, problems);
        if (options.Limits is not { } limits)
        {
            problems.Add("RespOptions.Limits is null; leave it out for the defaults.");
            return;
        }

        Count("RespLimits.MaximumBulk", limits.MaximumBulk, CountLimit.Bulk, problems);
        Count("RespLimits.MaximumLine", limits.MaximumLine, CountLimit.Line, problems);
        Count("RespLimits.MaximumDepth", limits.MaximumDepth, CountLimit.Depth, problems);
        Count("RespLimits.MaximumAggregate", limits.MaximumAggregate, CountLimit.Aggregate, problems);
    }

    private static void CheckTopology(RespOptions options, List<string> problems)
    {
        Member("RespOptions.Topology", options.Topology, problems);
        if (options.Topology == RespTopologyKind.Cluster && options.Database != 0)
        {
            problems.Add(Invariant($"RespOptions.Database is {options.Database}, but a cluster has only database 0; set it to 0."));
        }

        if (options.Topology == RespTopologyKind.Sentinel && options.Sentinel is null)
        {
            problems.Add("RespOptions.Topology is Sentinel, but no service is named; set Sentinel with its ServiceName (serviceName=... in a connection string).");
        }

        if (options.Sentinel is not { } sentinel)
        {
            return;
        }

        if (options.Topology is RespTopologyKind.Standalone or RespTopologyKind.Cluster)
        {
            problems.Add($"RespOptions.Topology is {options.Topology}, but a Sentinel's service is named; set it to Auto or Sentinel, or remove the service.");
        }

        if (string.IsNullOrWhiteSpace(sentinel.ServiceName))
        {
            problems.Add("RespSentinelOptions.ServiceName is empty; set it to the name that the Sentinels watch the primary under.");
        }

        if (sentinel.UseTls is true && options.Tls is null)
        {
            problems.Add("RespSentinelOptions.UseTls is true, but RespOptions.Tls is not set; set it, because it says whom to trust.");
        }
    }

    private static void Duration(string name, TimeSpan value, DurationLimit limit, List<string> problems)
    {
        if (!limit.Allows(value))
        {
            problems.Add($"RespOptions.{name} is {DurationLimit.Text(value)}; {limit.Remedy}.");
        }
    }

    private static void Count(string name, int value, CountLimit limit, List<string> problems)
    {
        if (!limit.Allows(value))
        {
            problems.Add(Invariant($"{name} is {value}; {limit.Remedy}."));
        }
    }

    private static void Member<T>(string name, T value, List<string> problems)
        where T : struct, Enum
    {
        if (!Enum.IsDefined(value))
        {
            problems.Add($"{name} is {value}; use one of {string.Join(", ", Enum.GetNames<T>())}.");
        }
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
