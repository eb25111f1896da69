using Larder.Redis.Scheduling;
using Larder.Resp;

namespace Larder.Redis.Connecting;

/// <summary>One life of the shared client, from the first cache to the last.</summary>
internal sealed class Session : IAsyncDisposable
{
    private readonly CancellationTokenSource _ending = new();
    private readonly object _taking = new();
    private RespClient? _client;
    private string? _obstacle;
    private int _round;
    private bool _isOver;
    private bool _mustPause;

    internal Session() => Ending = _ending.Token;

    internal RespClient? Client => Volatile.Read(ref _client);

    /// <summary>Cancelled at the end.</summary>
    internal CancellationToken Ending { get; }

    internal bool IsOver => Volatile.Read(ref _isOver);

    /// <summary>Why the server can not be used; null when it can, or when it is not known.</summary>
    internal string? Obstacle
    {
        get => Volatile.Read(ref _obstacle);
        set => Volatile.Write(ref _obstacle, value);
    }

    /// <summary>True when the next connection is not opened at once, because the last one was given up as soon as it was open.</summary>
    internal bool MustPause
    {
        get => Volatile.Read(ref _mustPause);
        set => Volatile.Write(ref _mustPause, value);
    }

    /// <summary>Why nothing can be sent yet, or any more, as far as is known.</summary>
    internal string Why() =>
        Obstacle
        ?? (Client is not { } client ? "The first connection is being made."
        : client.IsConnected ? "The server is being asked what it is."
        : client.Diagnose().LastFailure ?? "A connection is being made.");

    /// <summary>Which greeting counts: the latest.</summary>
    internal int Round => Volatile.Read(ref _round);

    internal int NextRound() => Interlocked.Increment(ref _round);

    /// <summary>Waits, but not beyond the end.</summary>
    internal async Task PauseAsync(Pauses pauses, TimeSpan time)
    {
        try
        {
            await pauses.DelayAsync(time, Ending).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The last cache has left.
        }
    }

    /// <summary>Takes the client over; disposes of it when the session is over already, and answers false.</summary>
    internal async ValueTask<bool> TakeAsync(RespClient client)
    {
        lock (_taking)
        {
            if (!_isOver)
            {
                Volatile.Write(ref _client, client);
                return true;
            }
        }

        await client.DisposeAsync().ConfigureAwait(false);
        return false;
    }

    public async ValueTask DisposeAsync()
    {
        RespClient? client;
        lock (_taking)
        {
            Volatile.Write(ref _isOver, true);
            client = _client;
        }

        await _ending.CancelAsync().ConfigureAwait(false);
        if (client is not null)
        {
            await client.DisposeAsync().ConfigureAwait(false);
        }

        _ending.Dispose();
    }
}
