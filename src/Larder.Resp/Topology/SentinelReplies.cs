using System.Globalization;

namespace Larder.Resp.Topology;

/// <summary>Reads what Sentinels tell of servers and of each other.</summary>
internal static class SentinelReplies
{
    /// <summary>A field of a map; null where there is none of that name.</summary>
    internal static string? Field(RespValue fields, string name)
    {
        for (var i = 0; i + 1 < fields.Items.Count; i += 2)
        {
            if (fields.Items[i].AsString() == name)
            {
                return fields.Items[i + 1].AsString();
            }
        }

        return null;
    }

    /// <summary>Where somebody listens; null where that is not told.</summary>
    internal static RespEndPoint? EndPoint(RespValue fields) => EndPoint(Field(fields, "ip"), Field(fields, "port"));

    /// <summary>An end point; null for what is none.</summary>
    internal static RespEndPoint? EndPoint(string? host, string? port) =>
        int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is > 0 and <= ushort.MaxValue
            && Uri.CheckHostName(host?.Trim('[', ']') ?? "") != UriHostNameType.Unknown
            ? new RespEndPoint(host!, number)
            : null;
}
