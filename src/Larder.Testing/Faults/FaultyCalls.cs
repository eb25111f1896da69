using System.Buffers;
using Larder.Ports;

namespace Larder.Testing;

/// <summary>Makes calls of a tier under the faults that are ordered.</summary>
internal sealed class FaultyCalls(TierFaults faults)
{
    private TierHost? _host;

    private TierHost Host => _host ?? throw new InvalidOperationException("The tier is not attached yet.");

    internal void Attach(TierHost host) => _host = host;

    /// <summary>Makes a call.</summary>
    /// <param name="operation">Which one.</param>
    /// <param name="call">The call; is given the fault that damages what is written, or null.</param>
    /// <param name="unavailable">What a tier answers that fails.</param>
    /// <param name="discard">Gives an answer back that is lost; null when nothing is to be given back.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    internal async ValueTask<T> MakeAsync<T>(
        TierOperations operation, Func<TierFault?, ValueTask<T>> call, T unavailable, Func<T, ValueTask>? discard, CancellationToken cancellationToken)
    {
        var fault = faults.Enter(operation);
        if (fault is null || fault.Kind == FaultKind.Damage)
        {
            return await call(fault).ConfigureAwait(false);
        }

        if (!fault.IsAfterwards)
        {
            return await StrikeAsync(fault, cancellationToken).ConfigureAwait(false) ? await call(null).ConfigureAwait(false) : unavailable;
        }

        var answer = await call(null).ConfigureAwait(false);
        var isLost = true;
        try
        {
            isLost = !await StrikeAsync(fault, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            if (isLost && discard is not null)
            {
                await discard(answer).ConfigureAwait(false);
            }
        }

        return isLost ? unavailable : answer;
    }

    /// <summary>The reading with damaged bytes, if a fault says so.</summary>
    internal TierReading Read(string key, TierReading reading, TierFault? fault)
    {
        if (!reading.HasValue)
        {
            return reading;
        }

        var body = reading.Body.ToArray();
        faults.Saw(key, body);
        return fault?.Damage is { } damage ? new TierReading(TierStatus.Done, reading.Token, new ReadOnlySequence<byte>(damage([.. body])), new Owner(reading)) : reading;
    }

    /// <summary>The write with damaged bytes, if a fault says so.</summary>
    internal TierWrite Write(string key, TierWrite write, TierFault? fault)
    {
        var body = write.Body.ToArray();
        faults.Saw(key, body);
        return fault?.Damage is { } damage ? new TierWrite(new ReadOnlySequence<byte>(damage([.. body])), write.Lifetime) : write;
    }

    // True when the call goes on after it.
    private async ValueTask<bool> StrikeAsync(TierFault fault, CancellationToken cancellationToken)
    {
        switch (fault.Kind)
        {
            case FaultKind.Throw:
                throw fault.Exception ?? new IOException("The tier was told to throw.");
            case FaultKind.Hang:
                await fault.HangAsync(Host.Scheduler, cancellationToken).ConfigureAwait(false);
                return true;
            case FaultKind.Delay:
                var never = Host.Scheduler.CreateCompletion<bool>().Task;
                await Host.Scheduler.EndsAsync(never, (long)Math.Ceiling(fault.Delay.TotalMilliseconds), cancellationToken).ConfigureAwait(false);
                cancellationToken.ThrowIfCancellationRequested();
                return true;
            default:
                return false;
        }
    }

    // A struct can be given back only once; this gives back the one that the damaged reading stands for.
    private sealed class Owner(TierReading reading) : IDisposable
    {
        public void Dispose() => reading.Dispose();
    }
}
