using Larder.Resp.Commands;
using Larder.Resp.Pipelining;
using Larder.Resp.Reading;

namespace Larder.Resp;

/// <summary>Runs scripts. What they throw is said at <see cref="RespException"/> and the types derived from it.</summary>
public static class RespScriptCommands
{
    private const int Head = 2;

    /// <summary>Runs a script and gives its reply.</summary>
    /// <param name="client">The client.</param>
    /// <param name="script">The script.</param>
    /// <param name="keys">The keys that it touches; may be empty.</param>
    /// <param name="arguments">Its other arguments; may be empty.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public static ValueTask<RespValue> EvaluateAsync(
        this RespClient client, RespScript script, ReadOnlySpan<RespArgument> keys, ReadOnlySpan<RespArgument> arguments = default, CancellationToken cancellationToken = default) =>
        client.EvaluateAsync(script, keys, arguments, Replies.Value, cancellationToken);

    /// <summary>
    /// Runs a script and gives what the decoder makes of its reply. It is sent by its hash; where the server does not know that, by its text. Each call
    /// cares for itself, so many may be under way at once. Arguments that are bytes must not change before the end: they may be read again.
    /// </summary>
    /// <typeparam name="T">What the decoder makes.</typeparam>
    /// <param name="client">The client.</param>
    /// <param name="script">The script.</param>
    /// <param name="keys">The keys that it touches; may be empty.</param>
    /// <param name="arguments">Its other arguments; may be empty.</param>
    /// <param name="decoder">Runs on the reader of the connection; see <see cref="IRespDecoder{T}"/>.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public static ValueTask<T> EvaluateAsync<T>(
        this RespClient client,
        RespScript script,
        ReadOnlySpan<RespArgument> keys,
        ReadOnlySpan<RespArgument> arguments,
        IRespDecoder<T> decoder,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(script);
        var all = new RespArgument[Head + keys.Length + arguments.Length];
        all[0] = script.Hash;
        all[1] = keys.Length;
        keys.CopyTo(all.AsSpan(Head));
        arguments.CopyTo(all.AsSpan(Head + keys.Length));
        var command = new RespCommand(Verbs.EvalSha, all.AsMemory()) { Flags = script.Flags };
        return FallBackAsync(client, script, all, client.ExecuteAsync(in command, decoder, cancellationToken), decoder, cancellationToken);
    }

    // NOSCRIPT says that nothing was run, so the text may follow whatever the flags are.
    private static async ValueTask<T> FallBackAsync<T>(
        RespClient client, RespScript script, RespArgument[] all, ValueTask<T> byHash, IRespDecoder<T> decoder, CancellationToken cancellationToken)
    {
        try
        {
            return await byHash.ConfigureAwait(false);
        }
        catch (RespServerException error) when (error.Code == ServerErrors.NoScript)
        {
            all[0] = script.Text;
            var command = new RespCommand(Verbs.Eval, all.AsMemory()) { Flags = script.Flags };
            return await client.ExecuteAsync(in command, decoder, cancellationToken).ConfigureAwait(false);
        }
    }
}
