using System.Globalization;

namespace Larder.Resp.Options;

/// <summary>
/// Reads an end point: host, host:port, an IPv6 address bare or in brackets with a port behind them. Problems never repeat what was written,
/// because a misplaced password is often what does not read as an end point.
/// </summary>
internal static class EndPointText
{
    private const int LargestPort = 65_535;

    /// <summary>What is wrong, to be put behind "End point N"; null when the end point was added to the draft.</summary>
    internal static string? Add(SettingDraft draft, string text)
    {
        if (text.Contains('@', StringComparison.Ordinal))
        {
            return "has an @ in it; write user=...,password=... as settings of their own, or a URL that begins with redis://";
        }

        var (host, port) = Split(text);
        if (port is not null && !IsPort(port))
        {
            return $"has a port that is not a number from 1 to {LargestPort.ToString(CultureInfo.InvariantCulture)}; write host:port";
        }

        if (Uri.CheckHostName(host) == UriHostNameType.Unknown)
        {
            return "has neither a host name nor an address; write host:port, with an IPv6 address in brackets";
        }

        draft.Hosts.Add((host, port is null ? null : int.Parse(port, NumberStyles.None, CultureInfo.InvariantCulture)));
        return null;
    }

    private static (string Host, string? Port) Split(string text)
    {
        if (text.StartsWith('[') && text.IndexOf(']', StringComparison.Ordinal) is > 0 and var end)
        {
            var rest = text[(end + 1)..];
            return rest.Length == 0 ? (text[1..end], null) : (rest[0] == ':' ? text[1..end] : "", rest[1..]);
        }

        var first = text.IndexOf(':', StringComparison.Ordinal);
        var isBareAddress = first >= 0 && text.IndexOf(':', first + 1) >= 0;
        return first < 0 || isBareAddress ? (text, null) : (text[..first], text[(first + 1)..]);
    }

    private static bool IsPort(string port) =>
        int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= LargestPort;
}
