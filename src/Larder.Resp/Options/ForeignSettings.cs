using System.Globalization;
using static Larder.Resp.Options.SettingValues;

namespace Larder.Resp.Options;

/// <summary>
/// Settings of StackExchange.Redis that have no meaning of their own here. One that would change what a program may rely on is
/// refused; the others are checked and have no effect. docs/resp.md gives the reasons.
/// </summary>
internal static class ForeignSettings
{
    private const int OldestMajorVersion = 6;

    internal static IEnumerable<Setting> All { get; } =
    [
        // No effect: what they ask for always holds here, or has nothing to act on.
        Boolean("resolveDns", static (_, _) => { }),
        Boolean("heartbeatConsistencyChecks", static (_, _) => { }),
        Boolean("preserveAsyncOrder", static (_, _) => { }),
        new("writeBuffer", static (_, value) => IsWhole(value) ? null : "write a number of bytes, or remove it: it has no effect here"),
        new("responseTimeout", static (_, value) => IsWhole(value) ? null : "write milliseconds, or remove it: it has no effect here"),
        new("version", static (_, value) => Version(value)),
        new("protocol", static (_, value) => IsOneOf(value, "3", "resp3", "3.0") ? null : "only RESP3 is spoken here (server 6.0 or newer); write resp3 or remove it"),

        // Allowed only with the value that asks for nothing.
        new("allowAdmin", static (_, value) => Demand(value, true, "no administrative command is held back here; remove it, and take rights away with the server's ACL")),
        new("highIntegrity", static (_, value) => Demand(value, false, "replies are not followed by check commands here; remove it")),
        new("proxy", static (_, value) => IsOneOf(value, "none", "") ? null : "proxies that speak a part of the protocol are not supported; connect to the servers, or remove it"),
        new("tunnel", static (_, value) => value.Length == 0 ? null : "tunnels are not supported; forward a local port and name it as the end point"),
        new("channelPrefix", static (_, value) => value.Length == 0 ? null : "channels are sent as they are given; put the prefix into their names and remove it"),
        new("tiebreaker", static (_, value) => value.Length == 0 ? null : "among several primaries none is chosen by a key; use Sentinel or Cluster, and remove it"),
        new("configChannel", static (_, value) => value.Length == 0 ? null : "changes of the topology come from the servers, not from a channel; remove it"),
    ];

    /// <summary>Why settings whose name begins with $ (renamed or disabled commands) are refused.</summary>
    internal const string CommandMapRemedy = "commands can not be renamed or disabled here; remove it";

    private static bool IsWhole(string value) => int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out _);

    private static string? Demand(string value, bool demanded, string remedy) =>
        !TryReadBoolean(value, out var written) ? BooleanRemedy : written == demanded ? null : remedy;

    private static string? Version(string value)
    {
        var major = value.Split('.', 2)[0];
        return !int.TryParse(major, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? "write a version such as 7.0, or remove it: the server is asked for its version"
            : number >= OldestMajorVersion
                ? null
                : "RESP3 needs server 6.0 or newer; remove it where the server is newer, because the server is asked for its version";
    }
}
