using System.Collections;
using System.Diagnostics.CodeAnalysis;
using Larder.Resp.Writing;

namespace Larder.Resp;

/// <summary>
/// Commands that stay together: on one connection, with nothing of anybody else in between, and sent again only as a
/// whole, and only if each of them may be. For MULTI … EXEC, and for CLIENT CACHING YES with its read. Not safe for several threads.
/// </summary>
/// <example><code>
/// var replies = await client.ExecuteGroupAsync(new RespGroup { new("MULTI"), new("INCR", "a"), new("INCR", "b"), new("EXEC") });
/// </code></example>
[SuppressMessage("Naming", "CA1710", Justification = "It enumerates for the sake of collection initializers; it is a group.")]
public sealed class RespGroup : IEnumerable<RespCommand>
{
    /// <summary>The most commands of one group.</summary>
    public const int MostCommands = 1024;

    private const int ScriptHead = 2;
    private static readonly RespVerb Eval = RespVerb.Of("EVAL");
    private static readonly RespVerb EvalSha = RespVerb.Of("EVALSHA");
    private readonly List<RespCommand> _commands = [];
    private readonly List<(int Index, RespScript Script, RespArgument[] Arguments)> _scripts = [];

    /// <summary>How many there are.</summary>
    public int Count => _commands.Count;

    /// <summary>How long to wait for all replies. Null, the default: as long as the options say. Zero and less are refused.</summary>
    public TimeSpan? Timeout { get; init; }

    internal IReadOnlyList<RespCommand> Commands => _commands;

    internal bool HasScripts => _scripts.Count > 0;

    /// <summary>Adds a command. Its own time limit is not used; its epoch binds the whole group.</summary>
    /// <param name="command">The command.</param>
    /// <exception cref="InvalidOperationException">There are too many.</exception>
    public void Add(RespCommand command)
    {
        if (_commands.Count == MostCommands)
        {
            throw new InvalidOperationException($"A group has at most {MostCommands} commands; send several groups.");
        }

        _commands.Add(command);
    }

    /// <summary>
    /// Adds a script, which is sent by its hash. If the server does not know it, the whole group is sent once more with the texts of
    /// its scripts, provided that this does no harm: its other commands are repeatable, and the script is its only one or all are repeatable. Otherwise
    /// the error NOSCRIPT is the outcome.
    /// </summary>
    /// <param name="script">The script.</param>
    /// <param name="keys">The keys that it touches; may be empty.</param>
    /// <param name="arguments">Its other arguments; may be empty. Bytes must not change before the end of the group.</param>
    /// <exception cref="InvalidOperationException">There are too many commands.</exception>
    public void Add(RespScript script, ReadOnlySpan<RespArgument> keys, ReadOnlySpan<RespArgument> arguments = default)
    {
        ArgumentNullException.ThrowIfNull(script);
        var all = new RespArgument[ScriptHead + keys.Length + arguments.Length];
        all[0] = script.Hash;
        all[1] = keys.Length;
        keys.CopyTo(all.AsSpan(ScriptHead));
        arguments.CopyTo(all.AsSpan(ScriptHead + keys.Length));
        Add(new RespCommand(EvalSha, all.AsMemory()) { Flags = script.Flags });
        _scripts.Add((_commands.Count - 1, script, all));
    }

    /// <summary>The same group with the texts of its scripts; null where sending it again could do harm.</summary>
    internal RespGroup? WithTexts()
    {
        for (var i = 0; i < _commands.Count; i++)
        {
            var isOnlyScript = _scripts.Count == 1 && _scripts[0].Index == i;
            if (!isOnlyScript && !_commands[i].Flags.HasFlag(RespFlags.Repeatable))
            {
                return null;
            }
        }

        var texts = new RespGroup { Timeout = Timeout };
        texts._commands.AddRange(_commands);
        foreach (var (index, script, arguments) in _scripts)
        {
            RespArgument[] withText = [script.Text, .. arguments.AsSpan(1)];
            texts._commands[index] = new RespCommand(Eval, withText.AsMemory()) { Flags = script.Flags, Epoch = _commands[index].Epoch };
        }

        return texts;
    }

    /// <summary>The commands.</summary>
    public IEnumerator<RespCommand> GetEnumerator() => _commands.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
