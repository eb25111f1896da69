using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace Larder.Integration.Tests.Kit;

/// <summary>Stands between a process and the server. What either says passes a gate, which can be shut; and all connections can be cut, whereupon what was held back is lost.</summary>
internal sealed class GatedProxy : IAsyncDisposable
{
    private const int LargestPiece = 65_536;
    private readonly TcpListener _listener = new(IPAddress.Loopback, port: 0);
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentDictionary<Socket, byte> _sockets = new();
    private readonly int _server;
    private readonly Task _accepting;

    internal GatedProxy(int server)
    {
        _server = server;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>What a process connects to. Deadlines are long, so that what is held back is late and not lost.</summary>
    internal string ConnectionString => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port},asyncTimeout=60000,heartbeatInterval=0");

    /// <summary>What the process says.</summary>
    internal ProxyGate Requests { get; } = new();

    /// <summary>What the server says.</summary>
    internal ProxyGate Replies { get; } = new();

    /// <summary>Ends all connections, and opens the gates for those that follow.</summary>
    internal void Cut()
    {
        CloseAll();
        Requests.Open();
        Replies.Open();
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        CloseAll();
        await _accepting;
        _end.Dispose();
    }

    private void CloseAll()
    {
        foreach (var socket in _sockets.Keys)
        {
            socket.Dispose();
        }
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
            {
                connections.Add(ServeAsync(await _listener.AcceptSocketAsync(_end.Token)));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ServeAsync(Socket process)
    {
        using var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        using (process)
        {
            process.NoDelay = server.NoDelay = true;
            _sockets[process] = _sockets[server] = 0;
            try
            {
                await server.ConnectAsync(IPAddress.Loopback, _server, _end.Token);
                using var over = CancellationTokenSource.CreateLinkedTokenSource(_end.Token);
                await Task.WhenAll(RelayAsync(process, server, Requests, over), RelayAsync(server, process, Replies, over));
            }
            catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // One of them has gone, or both were cut off.
            }

            _sockets.TryRemove(process, out _);
            _sockets.TryRemove(server, out _);
        }
    }

    private static async Task RelayAsync(Socket from, Socket to, ProxyGate gate, CancellationTokenSource over)
    {
        var waiting = Channel.CreateUnbounded<byte[]>();
        var sending = SendAsync(waiting.Reader, to, gate, over.Token);
        try
        {
            var piece = new byte[LargestPiece];
            while (await from.ReceiveAsync(piece, SocketFlags.None, over.Token) is > 0 and var count)
            {
                gate.Arrived(piece.AsSpan(0, count));
                waiting.Writer.TryWrite(piece[..count]);
            }
        }
        finally
        {
            await over.CancelAsync();
            await sending;
        }
    }

    private static async Task SendAsync(ChannelReader<byte[]> waiting, Socket to, ProxyGate gate, CancellationToken over)
    {
        try
        {
            await foreach (var piece in waiting.ReadAllAsync(over))
            {
                await gate.OpenedAsync(over);
                for (var sent = 0; sent < piece.Length;)
                {
                    sent += await to.SendAsync(piece.AsMemory(sent), SocketFlags.None, over);
                }
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The connection is over; what waits is lost with it.
        }
    }
}
