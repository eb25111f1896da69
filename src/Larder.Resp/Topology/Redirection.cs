using System.Globalization;
using System.Text;
using Larder.Resp.Connecting;

namespace Larder.Resp.Topology;

/// <summary>Reads where MOVED and ASK send a command.</summary>
internal static class Redirection
{
    // MOVED 3999 127.0.0.1:6381
    internal static bool TryRead(RespReader error, out int slot, out string target)
    {
        var words = Encoding.UTF8.GetString(error.Span).Split(' ');
        target = words.Length > 2 ? words[2] : "";
        slot = -1;
        return target.Length > 0 && int.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out slot);
    }

    /// <summary>The end point; null where it is none. Without a host the node that answered is meant; "?" is one that is not known yet.</summary>
    internal static RespEndPoint? EndPoint(string target, RespNode answered)
    {
        var colon = target.LastIndexOf(':');
        if (colon < 0 || !int.TryParse(target.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port is < 1 or > ushort.MaxValue)
        {
            return null;
        }

        var host = colon == 0 ? answered.EndPoint.Host : target[..colon];
        return Uri.CheckHostName(host.Trim('[', ']')) == UriHostNameType.Unknown ? null : new RespEndPoint(host, port);
    }
}
