using System.Globalization;

namespace Larder.Resp;

/// <summary>
/// Where a server listens: a host and a TCP port, or the path of a unix socket. Hosts are compared without regard to
/// case, paths exactly.
/// </summary>
public sealed class RespEndPoint : IEquatable<RespEndPoint>
{
    /// <summary>The port of a server that none is named for, 6379.</summary>
    public const int DefaultPort = 6379;

    /// <summary>The port of a Sentinel that none is named for, 26379.</summary>
    public const int DefaultSentinelPort = 26379;

    /// <summary>Makes an end point from a host and a port.</summary>
    /// <param name="host">A name, an IPv4 address, or an IPv6 address with or without brackets.</param>
    /// <param name="port">From 1 to 65,535.</param>
    /// <exception cref="ArgumentException">The host is empty, or has white space or a separator in it.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such port.</exception>
    public RespEndPoint(string host, int port = DefaultPort)
    {
        ArgumentException.ThrowIfNullOrEmpty(host);
        ArgumentOutOfRangeException.ThrowIfLessThan(port, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(port, 65_535);
        Host = host.Length > 2 && host[0] == '[' && host[^1] == ']' ? host[1..^1] : host;
        if (Uri.CheckHostName(Host) == UriHostNameType.Unknown)
        {
            throw new ArgumentException(
                "The host is neither a name nor an address; write a host name, an IPv4 address, or an IPv6 address in brackets.",
                nameof(host));
        }

        Port = port;
    }

    private RespEndPoint(string path)
    {
        Host = "";
        UnixPath = path;
    }

    /// <summary>The host, an IPv6 address without brackets; empty for a unix socket.</summary>
    public string Host { get; }

    /// <summary>The TCP port; 0 for a unix socket.</summary>
    public int Port { get; }

    /// <summary>The path of the unix socket; null for TCP.</summary>
    public string? UnixPath { get; }

    /// <summary>Makes an end point from the path of a unix socket.</summary>
    /// <param name="path">An absolute path.</param>
    /// <exception cref="ArgumentException">The path is empty or relative.</exception>
    public static RespEndPoint Unix(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (path[0] != '/')
        {
            throw new ArgumentException("The path of a unix socket must be absolute: begin it with a slash.", nameof(path));
        }

        return new RespEndPoint(path);
    }

    /// <inheritdoc/>
    public bool Equals(RespEndPoint? other) =>
        other is not null
        && Port == other.Port
        && string.Equals(Host, other.Host, StringComparison.OrdinalIgnoreCase)
        && string.Equals(UnixPath, other.UnixPath, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as RespEndPoint);

    /// <inheritdoc/>
    public override int GetHashCode() =>
        HashCode.Combine(StringComparer.OrdinalIgnoreCase.GetHashCode(Host), Port, UnixPath);

    /// <summary>The form in which it is written in a connection string: host:port, [address]:port or unix:path.</summary>
    public override string ToString()
    {
        if (UnixPath is not null)
        {
            return $"unix:{UnixPath}";
        }

        var port = Port.ToString(CultureInfo.InvariantCulture);
        return Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]:{port}" : $"{Host}:{port}";
    }
}
