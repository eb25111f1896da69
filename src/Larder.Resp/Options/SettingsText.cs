using System.Globalization;
using System.Security.Cryptography.X509Certificates;

namespace Larder.Resp.Options;

/// <summary>Connection strings in both directions.</summary>
internal static class SettingsText
{
    internal const string UnixScheme = "unix";

    private const string Separator = "://";
    private static readonly RespOptions Defaults = new();

    /// <summary>Reads a list or a URL. Null after problems.</summary>
    internal static RespOptions? Read(string text, List<string> problems)
    {
        var trimmed = text.Trim();
        var separator = trimmed.IndexOf(Separator, StringComparison.Ordinal);
        if (separator < 0 || !trimmed.AsSpan(0, separator).ContainsOnlyLetters())
        {
            var list = new SettingDraft();
            new ListReader(trimmed, list, problems).Read();
            return list.Finish(problems);
        }

        // Valkey's own schemes mean the same.
        var scheme = trimmed[..separator].ToLowerInvariant();
        bool? ssl = scheme switch
        {
            "redis" or "valkey" or UnixScheme => false,
            "rediss" or "valkeys" => true,
            _ => null,
        };
        if (ssl is null)
        {
            problems.Add("The connection string begins with the scheme of another kind of URL; write redis://, rediss:// or unix://, or host:port,name=value.");
            return null;
        }

        var draft = new SettingDraft { Scheme = scheme, Ssl = ssl };
        new UrlReader(scheme, trimmed[(separator + Separator.Length)..], draft, problems).Read();
        return draft.Finish(problems);
    }

    /// <summary>What differs from the defaults, as a list that <see cref="Read"/> takes back but for the passwords.</summary>
    internal static string Write(RespOptions options)
    {
        var parts = options.EndPoints.Select(endPoint => Quote(endPoint.ToString())).ToList();
        void Add(string name, string? value, bool isDefault)
        {
            if (!isDefault && value is not null)
            {
                parts.Add($"{name}={Quote(value)}");
            }
        }

        Add("user", options.User, isDefault: false);
        Add("password", options.Password is null ? null : "***", isDefault: false);
        Add("defaultDatabase", Text(options.Database), options.Database == Defaults.Database);
        Add("name", options.ClientName, isDefault: false);
        Add("setlib", "false", options.SendLibraryInfo);
        WriteEncryption(options.Tls, Add);
        WriteTimes(options, Add);
        Add("maximumPending", Text(options.MaximumPending), options.MaximumPending == Defaults.MaximumPending);
        Add("backlogPolicy", SettingValues.Camel(options.BacklogPolicy.ToString()), options.BacklogPolicy == Defaults.BacklogPolicy);
        Add("backlogLimit", Text(options.BacklogLimit), options.BacklogLimit == Defaults.BacklogLimit);
        WriteLimits(options.Limits, Add);
        Add("topology", SettingValues.Camel(options.Topology.ToString()), options.Topology == Defaults.Topology);
        Add("serviceName", options.Sentinel?.ServiceName, isDefault: false);
        Add("sentinelUser", options.Sentinel?.User, isDefault: false);
        Add("sentinelPassword", options.Sentinel?.Password is null ? null : "***", isDefault: false);
        Add("readFromReplicas", "true", !options.ReadFromReplicas);
        return string.Join(',', parts);
    }

    private static void WriteEncryption(RespTlsOptions? tls, Action<string, string?, bool> add)
    {
        if (tls is not null)
        {
            add("ssl", "true", false);
            add("sslHost", tls.TargetHost, false);
            add("checkCertificateRevocation", "true", tls.RevocationMode != X509RevocationMode.Online);
        }
    }

    private static void WriteTimes(RespOptions options, Action<string, string?, bool> add)
    {
        void Time(string name, TimeSpan value, TimeSpan usual) => add(name, DurationLimit.Text(value), value == usual);
        Time("connectTimeout", options.ConnectTimeout, Defaults.ConnectTimeout);
        add("connectRetry", Text(options.ConnectRetry), options.ConnectRetry == Defaults.ConnectRetry);
        add("abortConnect", "false", options.AbortOnConnectFailure);
        Time("commandTimeout", options.CommandTimeout, Defaults.CommandTimeout);
        add("hardTimeout", options.HardTimeout is { } hard ? DurationLimit.Text(hard) : null, false);
        Time("keepAlive", options.KeepAliveInterval, Defaults.KeepAliveInterval);
        Time("heartbeatInterval", options.HeartbeatInterval, Defaults.HeartbeatInterval);
        Time("reconnectMinimum", options.ReconnectMinimum, Defaults.ReconnectMinimum);
        Time("reconnectMaximum", options.ReconnectMaximum, Defaults.ReconnectMaximum);
        Time("topologyRefreshInterval", options.TopologyRefreshInterval, Defaults.TopologyRefreshInterval);
    }

    private static void WriteLimits(RespLimits limits, Action<string, string?, bool> add)
    {
        var usual = Defaults.Limits;
        add("maximumBulk", Text(limits.MaximumBulk), limits.MaximumBulk == usual.MaximumBulk);
        add("maximumLine", Text(limits.MaximumLine), limits.MaximumLine == usual.MaximumLine);
        add("maximumDepth", Text(limits.MaximumDepth), limits.MaximumDepth == usual.MaximumDepth);
        add("maximumAggregate", Text(limits.MaximumAggregate), limits.MaximumAggregate == usual.MaximumAggregate);
    }

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Quote(string value) =>
        value.AsSpan().IndexOfAny(',', '"', '=') >= 0 || value.AsSpan().Trim().Length != value.Length
            ? $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
            : value;

    private static bool ContainsOnlyLetters(this ReadOnlySpan<char> text)
    {
        foreach (var letter in text)
        {
            if (!char.IsAsciiLetter(letter))
            {
                return false;
            }
        }

        return text.Length > 0;
    }
}
