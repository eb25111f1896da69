using Larder.Resp.Signals;

namespace Larder.Resp.Connecting;

/// <summary>Connects a node, the first time and after every loss: one attempt at a time, with pauses that grow.</summary>
internal sealed class Redialling : IAsyncDisposable
{
    private readonly RespNode _node;
    private readonly NodeContext _context;
    private readonly Backoff _backoff;
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<Task> _loop;

    // Called when a connection has become the current one: if that is lost at once, somebody else must be able to begin.
    private readonly Action _published;
    private bool _isRunning;

    internal Redialling(RespNode node, NodeContext context)
    {
        _node = node;
        _context = context;
        _loop = RunAsync;
        _published = () => Volatile.Write(ref _isRunning, false);
        _backoff = new Backoff(context.Options.ReconnectMinimum, context.Options.ReconnectMaximum, context.Scheduler.Random);
    }

    /// <summary>The first attempts, which the maker of the client waits for.</summary>
    internal async Task ConnectFirstAsync(CancellationToken cancellationToken)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await DialAsync(cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (RespConnectionException failure) when (failure is not RespAuthenticationException)
            {
                if (attempt >= _context.Options.ConnectRetry)
                {
                    if (_context.Options.AbortOnConnectFailure)
                    {
                        throw;
                    }

                    _node.NotConnected(failure);
                    Begin();
                    return;
                }
            }

            await _context.Scheduler.DelayAsync(_backoff.Next(), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Begins to dial again, unless that is under way.</summary>
    internal void Begin()
    {
        if (!Interlocked.Exchange(ref _isRunning, true))
        {
            _context.Scheduler.Start(_loop);
        }
    }

    /// <summary>The connection has proved its health, so the next loss is a new one.</summary>
    internal void Proven() => _backoff.Reset();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        var pause = _backoff.Next();
        while (!_node.IsDisposed)
        {
            try
            {
                await _context.Scheduler.DelayAsync(pause, _stop.Token).ConfigureAwait(false);
                await DialAsync(_stop.Token, _published).ConfigureAwait(false);
                return;
            }
            catch (Exception) when (_node.IsDisposed)
            {
                return;
            }
            catch (Exception failure)
            {
                pause = Report(failure);
            }
        }
    }

    private TimeSpan Report(Exception failure)
    {
        _node.NotConnected(failure);
        if (failure is RespAuthenticationException)
        {
            var longest = _backoff.Longest();
            RespLog.Refused(_context.Logger, _node.EndPointName, failure.Message, longest);
            return longest;
        }

        var pause = _backoff.Next();
        RespLog.CouldNotConnect(_context.Logger, _node.EndPointName, failure.Message, pause);
        return pause;
    }

    private async Task DialAsync(CancellationToken cancellationToken, Action? published = null)
    {
        using var limit = _context.Scheduler.CancelAfter(_context.Options.ConnectTimeout, cancellationToken);
        RespConnection? connection = null;
        try
        {
            var link = await Dialling.OpenAsync(_node.EndPoint, _context.Options, limit.Token).ConfigureAwait(false);
            connection = _node.MakeConnection(link);
            connection.Start();
            await new Handshake(_context.Options, _context.IsTracking, _context.Scheduler).PerformAsync(connection, limit.Token).ConfigureAwait(false);
            _node.Publish(connection, published);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            var failure = new RespConnectionException($"{_node.EndPoint} did not answer within {_context.Options.ConnectTimeout} (ConnectTimeout).{(connection is null && _context.Options.Tls is not null ? " Does the port speak TLS?" : "")}");
            connection?.Close(failure);
            throw failure;
        }
        catch (Exception failure)
        {
            connection?.Close(failure);
            throw;
        }
    }
}
