using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace Larder.Servers;

/// <summary>
/// Commands to a real server one at a time, in RESP2 and over a plain stream: the kit must not stand on the client that it tests.
/// Replies are strings, numbers (long), null and lists of these.
/// </summary>
public sealed class RawConnection : IAsyncDisposable
{
    private readonly Stream _stream;

    private RawConnection(Stream stream) => _stream = stream;

    /// <summary>Connects to a port on loopback, with TLS where options are given.</summary>
    public static async Task<RawConnection> ConnectAsync(int port, SslClientAuthenticationOptions? tls = null)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        return await ConnectAsync(socket, new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, port), tls);
    }

    /// <summary>Connects to a unix socket.</summary>
    public static Task<RawConnection> ConnectAsync(string path) =>
        ConnectAsync(new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified), new UnixDomainSocketEndPoint(path), null);

    /// <summary>Sends a command and awaits its reply.</summary>
    /// <exception cref="RawErrorException">The server answered an error.</exception>
    public async Task<object?> CallAsync(params string[] command)
    {
        await SendAsync(Wire.Command(command));
        return await ReadAsync();
    }

    /// <summary>Sends bytes as they are.</summary>
    public async Task SendAsync(byte[] bytes)
    {
        await _stream.WriteAsync(bytes);
        await _stream.FlushAsync();
    }

    /// <summary>Reads one reply.</summary>
    public async Task<object?> ReadAsync()
    {
        var line = await ReadLineAsync();
        return line[0] switch
        {
            '+' => line[1..],
            '-' => throw new RawErrorException(line[1..]),
            ':' => Number(line),
            '$' => await ReadBulkAsync((int)Number(line)),
            '*' => await ReadArrayAsync((int)Number(line)),
            _ => throw new RawErrorException($"The server answered {line}, which is not RESP2."),
        };
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _stream.DisposeAsync();

    private static async Task<RawConnection> ConnectAsync(Socket socket, System.Net.EndPoint endPoint, SslClientAuthenticationOptions? tls)
    {
        try
        {
            await Patience.Await(socket.ConnectAsync(endPoint), () => $"a connection to {endPoint}");
            Stream stream = new NetworkStream(socket, ownsSocket: true);
            if (tls is not null)
            {
                var encrypted = new SslStream(stream);
                await Patience.Await(encrypted.AuthenticateAsClientAsync(tls), () => $"TLS with {endPoint}");
                stream = encrypted;
            }

            return new RawConnection(stream);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static long Number(string line) => long.Parse(line.AsSpan(1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);

    private async Task<string?> ReadBulkAsync(int length)
    {
        if (length < 0)
        {
            return null;
        }

        var bytes = new byte[length + 2];
        await Patience.Await(_stream.ReadExactlyAsync(bytes).AsTask(), () => $"{bytes.Length} bytes");
        return Encoding.UTF8.GetString(bytes, 0, length);
    }

    private async Task<List<object?>?> ReadArrayAsync(int length)
    {
        if (length < 0)
        {
            return null;
        }

        var members = new List<object?>();
        for (var i = 0; i < length; i++)
        {
            members.Add(await ReadAsync());
        }

        return members;
    }

    private async Task<string> ReadLineAsync()
    {
        var line = new List<byte>();
        var one = new byte[1];
        while (line.Count == 0 || line[^1] != '\n')
        {
            if (await Patience.Await(_stream.ReadAsync(one).AsTask(), () => "a reply") == 0)
            {
                throw new IOException("The server ended the connection.");
            }

            line.Add(one[0]);
        }

        return Encoding.UTF8.GetString([.. line], 0, line.Count - 2);
    }
}
