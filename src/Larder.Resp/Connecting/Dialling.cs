using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Larder.Resp.Connecting;

/// <summary>Opens the socket to a server, with TLS where the options say so.</summary>
internal static class Dialling
{
    private const int TcpLevel = 6;
    private const int TcpUserTimeoutOption = 18;
    private const int KeepAliveProbes = 3;

    /// <summary>Opens a stream to the server. The caller bounds the time by the token.</summary>
    internal static async Task<Link> OpenAsync(RespEndPoint endPoint, RespOptions options, CancellationToken cancellationToken)
    {
        var socket = Open(endPoint);
        try
        {
            Tune(socket, endPoint, options);
            await socket.ConnectAsync(Address(endPoint), cancellationToken).ConfigureAwait(false);
            var plain = new NetworkStream(socket, ownsSocket: true);
            return options.Tls is { } tls
                ? new Link(socket, await Encryption.BeginAsync(plain, endPoint, tls, cancellationToken).ConfigureAwait(false))
                : new Link(socket, plain);
        }
        catch (SocketException failure)
        {
            socket.Dispose();
            throw new RespConnectionException($"{endPoint} cannot be reached ({failure.SocketErrorCode}).", failure);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static Socket Open(RespEndPoint endPoint) => endPoint.UnixPath is null
        ? new Socket(SocketType.Stream, ProtocolType.Tcp)
        : new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    private static EndPoint Address(RespEndPoint endPoint)
    {
        if (endPoint.UnixPath is { } path)
        {
            return new UnixDomainSocketEndPoint(path);
        }

        return IPAddress.TryParse(endPoint.Host, out var address)
            ? new IPEndPoint(address, endPoint.Port)
            : new DnsEndPoint(endPoint.Host, endPoint.Port);
    }

    private static void Tune(Socket socket, RespEndPoint endPoint, RespOptions options)
    {
        if (endPoint.UnixPath is not null)
        {
            return;
        }

        socket.NoDelay = true;
        var keepAlive = options.KeepAliveInterval;
        if (keepAlive > TimeSpan.Zero)
        {
            var seconds = (int)Math.Ceiling(keepAlive.TotalSeconds);
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, seconds);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, Math.Max(1, seconds / KeepAliveProbes));
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, KeepAliveProbes);
        }

        if (OperatingSystem.IsLinux())
        {
            // Bytes that nobody acknowledges for so long end the connection, instead of being sent again for a quarter of an hour.
            var milliseconds = (int)options.EffectiveHardTimeout.TotalMilliseconds;
            socket.SetRawSocketOption(TcpLevel, TcpUserTimeoutOption, MemoryMarshal.AsBytes(new ReadOnlySpan<int>(in milliseconds)));
        }
    }
}
