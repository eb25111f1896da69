using System.Security.Cryptography.X509Certificates;
using static Larder.Resp.Options.SettingValues;

namespace Larder.Resp.Options;

/// <summary>All settings of connection strings, by all their names. docs/resp.md says of each what it means.</summary>
internal static class SettingTable
{
    private static readonly Dictionary<string, Setting> Settings = Index(
        Own().Concat(ForeignSettings.All),
        ("username", "user"),
        ("database", "defaultDatabase"),
        ("db", "defaultDatabase"),
        ("clientName", "name"),
        ("tls", "ssl"),
        ("configCheckSeconds", "topologyRefreshInterval"));

    /// <summary>The names that have an effect, for the message about an unknown one.</summary>
    internal static string KnownNames { get; } = string.Join(", ", Own().Select(setting => setting.Name));

    /// <summary>Every name that is known, those without an effect and the second names included.</summary>
    internal static IReadOnlyCollection<string> AllNames => Settings.Keys;

    internal static Setting? Find(string name) => Settings.GetValueOrDefault(name);

    private static IEnumerable<Setting> Own() => [.. LogIn(), .. Encryption(), .. Times(), .. Bounds(), .. Topology()];

    private static IEnumerable<Setting> LogIn() =>
    [
        Text("user", (draft, value) => draft.Options = draft.Options with { User = value }),
        Text("password", (draft, value) => draft.Options = draft.Options with { Password = value }, isSecret: true),
        Count("defaultDatabase", CountLimit.Database, (draft, value) => draft.Options = draft.Options with { Database = value }),
        Text("name", (draft, value) => draft.Options = draft.Options with { ClientName = value }),
        Boolean("setlib", (draft, value) => draft.Options = draft.Options with { SendLibraryInfo = value }),
    ];

    private static IEnumerable<Setting> Encryption() =>
    [
        new("ssl", TakeSsl),
        Text("sslHost", (draft, value) => draft.SslHost = value),
        new("sslProtocols", TakeSslProtocols),
        Boolean(
            "checkCertificateRevocation",
            (draft, value) => draft.RevocationMode = value ? X509RevocationMode.Online : X509RevocationMode.NoCheck),
    ];

    private static IEnumerable<Setting> Times() =>
    [
        Milliseconds("connectTimeout", DurationLimit.Timeout, (draft, value) => draft.Options = draft.Options with { ConnectTimeout = value }),
        Count("connectRetry", CountLimit.ConnectRetry, (draft, value) => draft.Options = draft.Options with { ConnectRetry = value }),
        Boolean("abortConnect", (draft, value) => draft.Options = draft.Options with { AbortOnConnectFailure = value }),
        Milliseconds("commandTimeout", DurationLimit.Timeout, (draft, value) => draft.CommandTimeout = value),
        Milliseconds("asyncTimeout", DurationLimit.Timeout, (draft, value) => draft.AsyncTimeout = value),
        Milliseconds("syncTimeout", DurationLimit.Timeout, (draft, value) => draft.SyncTimeout = value),
        Milliseconds("hardTimeout", DurationLimit.Timeout, (draft, value) => draft.Options = draft.Options with { HardTimeout = value }),
        Seconds("keepAlive", DurationLimit.KeepAlive, (draft, value) => draft.Options = draft.Options with { KeepAliveInterval = value }),
        Milliseconds("heartbeatInterval", DurationLimit.Heartbeat, (draft, value) => draft.Options = draft.Options with { HeartbeatInterval = value }),
        Milliseconds("reconnectMinimum", DurationLimit.Backoff, (draft, value) => draft.Options = draft.Options with { ReconnectMinimum = value }),
        Milliseconds("reconnectMaximum", DurationLimit.Backoff, (draft, value) => draft.Options = draft.Options with { ReconnectMaximum = value }),
    ];

    private static IEnumerable<Setting> Bounds() =>
    [
        Count("maximumPending", CountLimit.Pending, (draft, value) => draft.Options = draft.Options with { MaximumPending = value }),
        Choice<RespBacklogPolicy>("backlogPolicy", (draft, value) => draft.Options = draft.Options with { BacklogPolicy = value }),
        Count("backlogLimit", CountLimit.Backlog, (draft, value) => draft.Options = draft.Options with { BacklogLimit = value }),
        Count("maximumBulk", CountLimit.Bulk, (draft, value) => Limit(draft, limits => limits with { MaximumBulk = value })),
        Count("maximumLine", CountLimit.Line, (draft, value) => Limit(draft, limits => limits with { MaximumLine = value })),
        Count("maximumDepth", CountLimit.Depth, (draft, value) => Limit(draft, limits => limits with { MaximumDepth = value })),
        Count("maximumAggregate", CountLimit.Aggregate, (draft, value) => Limit(draft, limits => limits with { MaximumAggregate = value })),
    ];

    private static IEnumerable<Setting> Topology() =>
    [
        Choice<RespTopologyKind>("topology", (draft, value) => draft.Options = draft.Options with { Topology = value }),
        Text("serviceName", (draft, value) => draft.ServiceName = value),
        Text("sentinelUser", (draft, value) => draft.SentinelUser = value),
        Text("sentinelPassword", (draft, value) => draft.SentinelPassword = value, isSecret: true),
        Boolean("readFromReplicas", (draft, value) => draft.Options = draft.Options with { ReadFromReplicas = value }),
        Seconds(
            "topologyRefreshInterval",
            DurationLimit.TopologyRefresh,
            (draft, value) => draft.Options = draft.Options with { TopologyRefreshInterval = value }),
    ];

    private static string? TakeSsl(SettingDraft draft, string value)
    {
        if (!TryReadBoolean(value, out var ssl))
        {
            return BooleanRemedy;
        }

        if (draft.Scheme is not null && draft.Ssl != ssl)
        {
            return $"the scheme {draft.Scheme}:// says otherwise; write {(ssl ? "rediss://" : "redis://")} or remove the setting";
        }

        draft.Ssl = ssl;
        return null;
    }

    private static string? TakeSslProtocols(SettingDraft draft, string value)
    {
        var protocols = System.Security.Authentication.SslProtocols.None;
        foreach (var name in value.Split('|', StringSplitOptions.TrimEntries))
        {
            if (IsOneOf(name, "tls12", "tls1.2"))
            {
                protocols |= System.Security.Authentication.SslProtocols.Tls12;
            }
            else if (IsOneOf(name, "tls13", "tls1.3"))
            {
                protocols |= System.Security.Authentication.SslProtocols.Tls13;
            }
            else
            {
                return "write tls12, tls13 or tls12|tls13, or remove it to leave the choice to the operating system";
            }
        }

        draft.SslProtocols = protocols;
        return null;
    }

    private static void Limit(SettingDraft draft, Func<RespLimits, RespLimits> change) =>
        draft.Options = draft.Options with { Limits = change(draft.Options.Limits) };

    private static Dictionary<string, Setting> Index(IEnumerable<Setting> settings, params ReadOnlySpan<(string Alias, string Name)> aliases)
    {
        var index = settings.ToDictionary(setting => setting.Name, StringComparer.OrdinalIgnoreCase);
        foreach (var (alias, name) in aliases)
        {
            index.Add(alias, index[name]);
        }

        return index;
    }
}
