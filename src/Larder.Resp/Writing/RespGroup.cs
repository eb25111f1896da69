using System.Collections;
using System.Diagnostics.CodeAnalysis;

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

    private readonly List<RespCommand> _commands = [];

    /// <summary>How many there are.</summary>
    public int Count => _commands.Count;

    /// <summary>How long to wait for all replies. Null, the default: as long as the options say. Zero and less are refused.</summary>
    public TimeSpan? Timeout { get; init; }

    internal IReadOnlyList<RespCommand> Commands => _commands;

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

    /// <summary>The commands.</summary>
    public IEnumerator<RespCommand> GetEnumerator() => _commands.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
