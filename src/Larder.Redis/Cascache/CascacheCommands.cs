using System.Globalization;
using Larder.Resp;

namespace Larder.Redis.Cascache;

/// <summary>
/// What is asked of Redis. Nothing here may go to a replica, which is what leaving out <see cref="RespFlags.ReadOnly"/> means: a generation that lags behind would make
/// a removed value valid again.
/// </summary>
internal sealed class CascacheCommands(RespClient client, CascacheCounters counters)
{
    private static readonly IRespDecoder<byte[]?> Bytes = new BytesReading();
    private static readonly IRespDecoder<bool> Done = new DoneReading();
    private static readonly IRespDecoder<long[]> Numbers = new NumbersReading();

    /// <summary>Whether a script may touch both keys.</summary>
    internal bool CanShareScript(string one, string other) => !client.IsCluster || KeyNames.ShareSlot(one, other);

    internal ValueTask<Reply<byte[]?>> GetAsync(string name, CancellationToken cancellationToken) => AskAsync("GET", name, Bytes, cancellationToken);

    /// <summary>The beginning of a value, from its first byte; empty when there is none.</summary>
    internal ValueTask<Reply<byte[]?>> GetBeginningAsync(string name, int length, CancellationToken cancellationToken) =>
        SettleAsync(client.ExecuteAsync(new RespCommand("GETRANGE", name, 0, length - 1) { Flags = RespFlags.Repeatable }, Bytes, cancellationToken));

    internal ValueTask<Reply<GenerationReading>> GetGenerationAsync(string name, CancellationToken cancellationToken) =>
        AskAsync("GET", name, GenerationReading.Decoder, cancellationToken);

    internal ValueTask<Reply<bool>> SetAsync(string name, ReadOnlyMemory<byte> frame, TimeSpan lifetime, CancellationToken cancellationToken) =>
        SettleAsync(client.ExecuteAsync(new RespCommand("SET", name, frame, "PX", Milliseconds(lifetime)) { Flags = RespFlags.Repeatable }, Done, cancellationToken));

    /// <summary>Compares and stores in one step. True when stored.</summary>
    internal ValueTask<Reply<bool>> StoreAsync(
        string generationName, string name, ulong generation, ReadOnlyMemory<byte> frame, TimeSpan lifetime, CancellationToken cancellationToken) =>
        SettleAsync(client.EvaluateAsync(CascacheScripts.Store, [generationName, name], [Text(generation), frame, Milliseconds(lifetime)], Done, cancellationToken));

    /// <summary>Runs <see cref="CascacheScripts.StoreMany"/>.</summary>
    internal ValueTask<Reply<long[]>> StoreManyAsync(RespArgument[] keys, RespArgument[] arguments, CancellationToken cancellationToken) =>
        SettleAsync(client.EvaluateAsync(CascacheScripts.StoreMany, keys, arguments, Numbers, cancellationToken));

    /// <summary>Deletes a refused frame, if it still stands there.</summary>
    internal async ValueTask HealAsync(string name, ReadOnlyMemory<byte> frame, CancellationToken cancellationToken)
    {
        var beginning = frame[..Math.Min(frame.Length, SingleFrame.HeaderLength)];
        var reply = await SettleAsync(client.EvaluateAsync(CascacheScripts.Heal, [name], [frame.Length, beginning], Done, cancellationToken)).ConfigureAwait(false);
        if (reply is { IsAnswered: true, Value: true })
        {
            counters.Healed();
        }
    }

    /// <summary>Raises the generation, and deletes the single value. Throws when the generation may not have been raised.</summary>
    internal async ValueTask RemoveAsync(string generationName, string name, TimeSpan? retention, CancellationToken cancellationToken)
    {
        RespArgument kept = retention is { } time ? Milliseconds(time) : 0;
        if (CanShareScript(generationName, name))
        {
            await client.EvaluateAsync(CascacheScripts.Remove, [generationName, name], [kept], Done, cancellationToken).ConfigureAwait(false);
            return;
        }

        // The generation goes first: whoever reads the value afterwards sees that it is out of date, so that nothing depends on the deletion.
        await client.EvaluateAsync(CascacheScripts.Raise, [generationName], [kept], Done, cancellationToken).ConfigureAwait(false);
        await SettleAsync(client.ExecuteAsync(new RespCommand("UNLINK", name), Done, cancellationToken)).ConfigureAwait(false);
    }

    internal static string Text(ulong generation) => generation.ToString(CultureInfo.InvariantCulture);

    internal static long Milliseconds(TimeSpan time) => Math.Max(1, (time.Ticks + TimeSpan.TicksPerMillisecond - 1) / TimeSpan.TicksPerMillisecond);

    private ValueTask<Reply<T>> AskAsync<T>(string command, string name, IRespDecoder<T> decoder, CancellationToken cancellationToken) =>
        SettleAsync(client.ExecuteAsync(new RespCommand(command, name) { Flags = RespFlags.Repeatable }, decoder, cancellationToken));

    // Whoever reads is not told of an outage but finds nothing, and whoever stores learns it as an outcome.
    private async ValueTask<Reply<T>> SettleAsync<T>(ValueTask<T> asked)
    {
        try
        {
            return new Reply<T>(true, await asked.ConfigureAwait(false));
        }
        catch (RespException failure)
        {
            counters.Failed(failure is RespServerException { Code.Length: > 0 } error ? error.Code : failure.GetType().Name);
            return default;
        }
    }

    private sealed class BytesReading : IRespDecoder<byte[]?>
    {
        public byte[]? Decode(ref RespReader reply) => reply.GetBytes();
    }

    private sealed class DoneReading : IRespDecoder<bool>
    {
        public bool Decode(ref RespReader reply) => reply.Type != RespType.Integer || reply.GetInt64() != 0;
    }

    private sealed class NumbersReading : IRespDecoder<long[]>
    {
        public long[] Decode(ref RespReader reply)
        {
            var numbers = new long[reply.GetCount()];
            for (var i = 0; i < numbers.Length && reply.Read(); i++)
            {
                numbers[i] = reply.GetInt64();
            }

            return numbers;
        }
    }
}
