using System.Runtime.ExceptionServices;
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
    private readonly object _pausing = new();
    private CancellationTokenSource? _pause;
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
            catch (RespConnectionException failure) when (failure is not RespAuthenticationException and not ClusterFoundException)
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

    /// <summary>There is reason to believe that the next attempt will succeed: a pause that is under way ends, and the pauses are short again.</summary>
    internal void Hurry()
    {
        _backoff.Reset();
        lock (_pausing)
        {
            _pause?.Cancel();
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
                await PauseAsync(pause).ConfigureAwait(false);
                await DialAsync(_stop.Token, _published).ConfigureAwait(false);
                return;
            }
            catch (Exception) when (_node.IsDisposed)
            {
                return;
            }
            catch (ClusterFoundException failure) when (_context.ClusterFound is { } found)
            {
                // Somebody else goes on.
                _node.NotConnected(failure);
                found();
                return;
            }
            catch (Exception failure)
            {
                pause = Report(failure);
            }
        }
    }

    private async Task PauseAsync(TimeSpan time)
    {
        using var pause = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        lock (_pausing)
        {
            _pause = pause;
        }

        try
        {
            await _context.Scheduler.DelayAsync(time, pause.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!_stop.IsCancellationRequested)
        {
            // Somebody is in a hurry.
        }
        finally
        {
            lock (_pausing)
            {
                _pause = null;
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

    // One after another, until one answers as it should. A refused password is the more telling failure.
    private async Task DialAsync(CancellationToken cancellationToken, Action? published = null)
    {
        List<RespConnectionException> failures = [];
        await foreach (var endPoint in _node.Place.Source.FindAsync(cancellationToken).ConfigureAwait(false))
        {
            try
            {
                await DialAsync(endPoint, published, cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (RespConnectionException failure) when (failure is not ClusterFoundException)
            {
                failures.Add(failure);
            }
        }

        if (failures.Count == 1 || failures.Exists(static one => one is RespAuthenticationException))
        {
            ExceptionDispatchInfo.Throw(failures.Find(static one => one is RespAuthenticationException) ?? failures[0]);
        }

        throw new RespConnectionException(
            failures.Count == 0 ? $"Nobody says where {_node.EndPoint} is to be found." : string.Join(' ', failures.Select(static one => one.Message)),
            failures.Count == 0 ? null : failures[^1]);
    }

    private async Task DialAsync(RespEndPoint endPoint, Action? published, CancellationToken cancellationToken)
    {
        using var limit = _context.Scheduler.CancelAfter(_context.Options.ConnectTimeout, cancellationToken);
        RespConnection? connection = null;
        try
        {
            var link = await Dialling.OpenAsync(endPoint, _context.Options, limit.Token).ConfigureAwait(false);
            connection = _node.MakeConnection(link, endPoint);
            connection.Start();
            await new Handshake(_context).PerformAsync(connection, limit.Token).ConfigureAwait(false);
            _node.Place.Source.Check(connection);
            _node.Place.Found(endPoint);
            _node.Publish(connection, published);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            var failure = new RespConnectionException(FormattableString.Invariant($"{endPoint} did not answer within {_context.Options.ConnectTimeout.TotalSeconds:0.###} s (ConnectTimeout).") + $"{(connection is null && _context.Options.Tls is not null ? " Does the port speak TLS?" : "")}");
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
