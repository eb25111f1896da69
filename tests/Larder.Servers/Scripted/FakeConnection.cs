using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace Larder.Servers;

/// <summary>
/// One connection that a client made to a <see cref="FakeServer"/>. A script awaits commands and answers them; what the server answers by itself
/// waits its turn behind commands that the script has not answered yet, so the order of RESP is always kept
/// unless <see cref="SendAsync(byte[])"/> is used to break it.
/// </summary>
public sealed class FakeConnection : IDisposable
{
    private readonly Socket _socket;
    private readonly FakeAnswers _answers;
    private readonly Channel<ReceivedCommand> _inbox = Channel.CreateUnbounded<ReceivedCommand>();
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly object _gate = new();
    private readonly List<ReceivedCommand> _received = [];

    // One for each command without a reply, oldest first; the answer of the server itself, or null where the script owes it.
    private readonly Queue<byte[]?> _owed = new();
    private readonly int _serverPort;
    private readonly int _clientPort;

    private TaskCompletionSource? _stall;
    private long _readLimit = long.MaxValue;
    private long _writeLimit = long.MaxValue;
    private long _bytesRead;
    private long _bytesWritten;

    internal FakeConnection(Socket socket, long id, FakeAnswers answers)
    {
        _socket = socket;
        _answers = answers;
        Id = id;
        _serverPort = (socket.LocalEndPoint as IPEndPoint)?.Port ?? 0;
        _clientPort = (socket.RemoteEndPoint as IPEndPoint)?.Port ?? 0;
    }

    /// <summary>1 for the server's first connection, 2 for the second; also the answer to CLIENT ID.</summary>
    public long Id { get; }

    /// <summary>Completes when either side has ended the connection.</summary>
    public Task Closed => _closed.Task;

    /// <summary>The bytes read so far.</summary>
    public long BytesRead => Interlocked.Read(ref _bytesRead);

    /// <summary>The bytes written so far.</summary>
    public long BytesWritten => Interlocked.Read(ref _bytesWritten);

    /// <summary>All commands so far, those that the server answered by itself included.</summary>
    public IReadOnlyList<ReceivedCommand> Received
    {
        get
        {
            lock (_gate)
            {
                return [.. _received];
            }
        }
    }

    /// <summary>The next command that the server does not answer by itself.</summary>
    public Task<ReceivedCommand> ReceiveAsync() => Patience.Await(_inbox.Reader.ReadAsync().AsTask(), () => $"a command; {Told()}");

    /// <summary>The next command that the server does not answer by itself, which must be this one.</summary>
    public async Task<ReceivedCommand> ExpectAsync(params string[] arguments)
    {
        ReceivedCommand command;
        try
        {
            command = await ReceiveAsync();
        }
        catch (Exception exception) when (exception is ChannelClosedException or FakeServerException)
        {
            throw new FakeServerException($"Expected {string.Join(' ', arguments)}; {Told()}", exception);
        }

        return command.Is(arguments) ? command : throw new FakeServerException($"Expected {string.Join(' ', arguments)}, received {command}; {Told()}");
    }

    /// <summary>Waits for this command and answers it.</summary>
    public async Task ExchangeAsync(byte[] reply, params string[] command)
    {
        await ExpectAsync(command);
        await ReplyAsync(reply);
    }

    /// <summary>Answers the oldest command that the script owes a reply.</summary>
    public async Task ReplyAsync(byte[] reply)
    {
        await SendAsync(reply);
        await SettleAsync();
    }

    /// <summary>Answers the oldest command in pieces that begin at these offsets; each is written when the one before has been read.</summary>
    public async Task ReplyInPiecesAsync(byte[] reply, params int[] cuts)
    {
        await SendInPiecesAsync(reply, cuts);
        await SettleAsync();
    }

    /// <summary>Answers the oldest command one byte at a time; each is written when the one before has been read.</summary>
    public Task ReplyByteByByteAsync(byte[] reply) => ReplyInPiecesAsync(reply, [.. Enumerable.Range(1, reply.Length - 1)]);

    /// <summary>Sends bytes that count as no reply: a push, a piece of a reply, or nonsense.</summary>
    public async Task SendAsync(byte[] bytes)
    {
        await _writing.WaitAsync();
        try
        {
            var room = (int)Math.Clamp(_writeLimit - BytesWritten, 0, bytes.Length);
            for (var sent = 0; sent < room;)
            {
                var count = await _socket.SendAsync(bytes.AsMemory(sent, room - sent));
                sent += count;
                Interlocked.Add(ref _bytesWritten, count);
            }

            if (room < bytes.Length || BytesWritten == _writeLimit)
            {
                Close();
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            End();
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Sends bytes that count as no reply in pieces that begin at these offsets; each is written when the one before has been read.</summary>
    public async Task SendInPiecesAsync(byte[] bytes, params int[] cuts)
    {
        var start = 0;
        foreach (var end in cuts.Append(bytes.Length))
        {
            await SendAsync(bytes[start..end]);
            await WaitUntilReadAsync();
            start = end;
        }
    }

    /// <summary>Waits until the client has read all that was sent; on Linux only, elsewhere it is over at once.</summary>
    public Task WaitUntilReadAsync() =>
        UnreadBytes.CanTell && _clientPort != 0 && !Closed.IsCompleted ? UnreadBytes.WaitUntilNone(_serverPort, _clientPort) : Task.CompletedTask;

    /// <summary>Reads nothing more, and so answers nothing more, until <see cref="Resume"/>.</summary>
    public void Stall()
    {
        lock (_gate)
        {
            _stall ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>Ends <see cref="Stall"/>.</summary>
    public void Resume()
    {
        lock (_gate)
        {
            _stall?.TrySetResult();
            _stall = null;
        }
    }

    /// <summary>Ends the connection as soon as so many bytes have been read since it began.</summary>
    public void CloseAfterReading(long bytes)
    {
        Interlocked.Exchange(ref _readLimit, bytes);
        if (BytesRead >= bytes)
        {
            Close();
        }
    }

    /// <summary>Ends the connection as soon as so many bytes have been written since it began; what goes beyond is not sent.</summary>
    public void CloseAfterWriting(long bytes) => Interlocked.Exchange(ref _writeLimit, bytes);

    /// <summary>Ends the connection in order (FIN).</summary>
    public void Close()
    {
        try
        {
            _socket.Shutdown(SocketShutdown.Both);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // It is gone already, which is what was asked for.
        }

        End();
    }

    /// <summary>Ends the connection out of order (RST); what was sent and not read is lost.</summary>
    public void Reset()
    {
        try
        {
            _socket.LingerState = new LingerOption(enable: true, seconds: 0);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // It is gone already, which is what was asked for.
        }

        End();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Resume();
        End();
    }

    internal async Task ReadAsync()
    {
        var commands = new CommandBuffer();
        var bytes = new byte[16 * 1024];
        try
        {
            while (true)
            {
                await StalledAsync();
                var count = await _socket.ReceiveAsync(bytes);
                await StalledAsync();

                // The limit may have been set while the receiving was under way.
                count = (int)Math.Min(count, Interlocked.Read(ref _readLimit) - BytesRead);
                if (count <= 0)
                {
                    break;
                }

                Interlocked.Add(ref _bytesRead, count);
                commands.Add(bytes.AsSpan(0, count));
                while (commands.Take() is { } command)
                {
                    await TakeAsync(command);
                }

                if (BytesRead >= Interlocked.Read(ref _readLimit))
                {
                    break;
                }
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The end of the connection; Closed tells.
        }
        finally
        {
            Close();
        }
    }

    private Task StalledAsync()
    {
        lock (_gate)
        {
            return _stall?.Task ?? Task.CompletedTask;
        }
    }

    private async Task TakeAsync(ReceivedCommand command)
    {
        var answer = _answers.To(this, command);
        bool isNext;
        lock (_gate)
        {
            _received.Add(command);
            isNext = _owed.Count == 0;
            if (answer is null || !isNext)
            {
                _owed.Enqueue(answer);
            }
        }

        if (answer is null)
        {
            _inbox.Writer.TryWrite(command);
        }
        else if (isNext)
        {
            await SendAsync(answer);
        }
    }

    /// <summary>Strikes off the reply that was just sent, and sends the answers that waited behind it.</summary>
    private async Task SettleAsync()
    {
        lock (_gate)
        {
            if (!_owed.TryDequeue(out _) && !_closed.Task.IsCompleted)
            {
                throw new InvalidOperationException("The script answered a command that was never received; use SendAsync for what is no reply.");
            }
        }

        while (NextAnswer() is { } answer)
        {
            await SendAsync(answer);
            lock (_gate)
            {
                _owed.Dequeue();
            }
        }
    }

    private byte[]? NextAnswer()
    {
        lock (_gate)
        {
            return _owed.TryPeek(out var answer) ? answer : null;
        }
    }

    private void End()
    {
        _socket.Dispose();
        _inbox.Writer.TryComplete();
        _closed.TrySetResult();
    }

    private string Told() => $"connection {Id} received so far: {string.Join(" | ", Received)}";
}
