using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Larder.Benchmarks.Suites;

/// <summary>What a client is held against: a bare socket on which so many GETs are sent in one piece, and their replies received.</summary>
internal sealed class RawLoop : IDisposable
{
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _request;
    private readonly byte[] _replies;

    internal RawLoop(int port, int depth, int valueLength)
    {
        _request = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, depth).Select(static i =>
            $"*2\r\n$3\r\nGET\r\n${RespLoops.Key(i).Length}\r\n{RespLoops.Key(i)}\r\n")));
        _replies = new byte[depth * $"${valueLength}\r\n{new string('x', valueLength)}\r\n".Length];
        _socket.Connect(IPAddress.Loopback, port);
    }

    public void Dispose() => _socket.Dispose();

    internal async Task RunAsync(int times)
    {
        for (var i = 0; i < times; i++)
        {
            await _socket.SendAsync(_request);
            for (var received = 0; received < _replies.Length;)
            {
                var count = await _socket.ReceiveAsync(_replies.AsMemory(received));
                received += count > 0 ? count : throw new InvalidOperationException("The server closed the connection.");
            }

            if (_replies[0] != '$' || _replies[^1] != '\n')
            {
                throw new InvalidOperationException("The raw loop received something else than values.");
            }
        }
    }
}
