using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace Larder.Servers;

/// <summary>
/// A RESP server inside the test, on loopback, that does what a script says: <see cref="AcceptAsync"/> gives the next connection,
/// on which the script receives and answers. Nothing in it waits for time to pass.
/// </summary>
/// <example><code>
/// await using var server = FakeServer.Start();
/// var reading = client.GetAsync("key");
/// var connection = await server.AcceptAsync();
/// await connection.ExpectAsync("GET", "key");
/// await connection.ReplyByteByByteAsync(Wire.Bulk("value"));
/// </code></example>
public sealed class FakeServer : IAsyncDisposable
{
    private readonly Channel<FakeConnection> _accepted = Channel.CreateUnbounded<FakeConnection>();
    private readonly List<FakeConnection> _connections = [];
    private readonly List<Task> _running = [];
    private readonly List<Exception> _failures = [];
    private readonly object _gate = new();

    private Socket? _listener;
    private Func<FakeConnection, Task>? _script;
    private long _count;

    private FakeServer()
    {
    }

    /// <summary>The TCP port on 127.0.0.1, the same until disposal.</summary>
    public int Port { get; private set; }

    /// <summary>What the server answers by itself.</summary>
    public FakeAnswers Answers { get; } = new();

    /// <summary>All connections so far, ended ones included.</summary>
    public IReadOnlyList<FakeConnection> Connections
    {
        get
        {
            lock (_gate)
            {
                return [.. _connections];
            }
        }
    }

    /// <summary>Starts to listen.</summary>
    /// <param name="script">
    /// Runs for each connection; null: the test itself takes connections with <see cref="AcceptAsync"/>. What a script throws comes
    /// out of <see cref="DisposeAsync"/>, except after its connection has ended.
    /// </param>
    public static FakeServer Start(Func<FakeConnection, Task>? script = null)
    {
        var server = new FakeServer { _script = script };
        server.Listen();
        return server;
    }

    /// <summary>The next connection that was made, in the order of their making.</summary>
    public Task<FakeConnection> AcceptAsync() =>
        Patience.Await(_accepted.Reader.ReadAsync().AsTask(), () => $"connection {Connections.Count + 1}");

    /// <summary>Refuses further connections; those there are stay.</summary>
    public void StopListening()
    {
        lock (_gate)
        {
            _listener?.Dispose();
            _listener = null;
        }
    }

    /// <summary>Listens again, on the same port.</summary>
    public void Listen()
    {
        lock (_gate)
        {
            if (_listener is not null)
            {
                return;
            }

            var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            listener.Bind(new IPEndPoint(IPAddress.Loopback, Port));
            listener.Listen(128);
            Port = ((IPEndPoint)listener.LocalEndPoint!).Port;
            _listener = listener;
            _running.Add(AcceptAllAsync(listener));
        }
    }

    /// <summary>Ends all connections in order.</summary>
    public void CloseAll()
    {
        foreach (var connection in Connections)
        {
            connection.Close();
        }
    }

    /// <summary>Ends everything, and throws what a script threw.</summary>
    public async ValueTask DisposeAsync()
    {
        StopListening();
        foreach (var connection in Connections)
        {
            connection.Dispose();
        }

        Task[] running;
        lock (_gate)
        {
            running = [.. _running];
        }

        await Patience.Await(Task.WhenAll(running), () => "the scripts to end");
        if (_failures.Count > 0)
        {
            throw new AggregateException("A script of the fake server failed.", _failures);
        }
    }

    private async Task AcceptAllAsync(Socket listener)
    {
        while (true)
        {
            Socket socket;
            try
            {
                socket = await listener.AcceptAsync();
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                return;
            }

            socket.NoDelay = true;
            lock (_gate)
            {
                if (_listener != listener)
                {
                    socket.Dispose();
                    return;
                }

                var connection = new FakeConnection(socket, ++_count, Answers);
                _connections.Add(connection);
                _running.Add(RunAsync(connection));
            }
        }
    }

    private async Task RunAsync(FakeConnection connection)
    {
        await Task.Yield();
        var reading = connection.ReadAsync();
        _accepted.Writer.TryWrite(connection);
        try
        {
            if (_script is not null)
            {
                await _script(connection);
            }
        }
        catch (Exception exception)
        {
            if (!connection.Closed.IsCompleted)
            {
                lock (_gate)
                {
                    _failures.Add(exception);
                }

                connection.Close();
            }
        }

        await Keep(reading);
    }

    private async Task Keep(Task reading)
    {
        try
        {
            await reading;
        }
        catch (Exception exception)
        {
            lock (_gate)
            {
                _failures.Add(exception);
            }
        }
    }
}
