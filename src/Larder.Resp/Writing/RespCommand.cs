using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Larder.Resp.Writing;

namespace Larder.Resp;

/// <summary>
/// A command with its arguments, and what may be done with it when the connection is lost. Reads, UNLINK, DEL, PUBLISH
/// and what only asks about the server are known to be repeatable; every other command is not, unless it says so.
/// </summary>
/// <example><code>
/// var reply = await client.ExecuteAsync(new RespCommand("OBJECT ENCODING", key));
/// </code></example>
/// <remarks>Up to four arguments need no memory of their own. Bytes are read once, when the command is handed to the client.</remarks>
public readonly struct RespCommand
{
    private const int MostInline = 4;
    private readonly Inline _inline;
    private readonly ReadOnlyMemory<RespArgument> _rest;

    /// <summary>Makes a command without arguments.</summary>
    /// <param name="name">One word, or words with one space between them, such as PING or CLIENT ID.</param>
    public RespCommand(string name)
        : this(RespVerb.Of(name))
    {
    }

    /// <summary>Makes a command with arguments.</summary>
    /// <param name="name">One word, or words with one space between them, such as GET or CLIENT CACHING.</param>
    /// <param name="arguments">The arguments, which are copied; an empty list is allowed.</param>
    public RespCommand(string name, params ReadOnlySpan<RespArgument> arguments)
        : this(RespVerb.Of(name), arguments)
    {
    }

    internal RespCommand(RespVerb verb, params ReadOnlySpan<RespArgument> arguments)
    {
        Verb = verb;
        Flags = verb.Flags;
        Count = arguments.Length;
        if (Count <= MostInline)
        {
            arguments.CopyTo(_inline);
        }
        else
        {
            _rest = arguments.ToArray();
        }
    }

    /// <summary>Takes the arguments over without a copy; nobody may change them before the command was handed to the client.</summary>
    internal RespCommand(RespVerb verb, ReadOnlyMemory<RespArgument> arguments)
    {
        Verb = verb;
        Flags = verb.Flags;
        Count = arguments.Length;
        _rest = arguments;
        if (Count <= MostInline)
        {
            arguments.Span.CopyTo(_inline);
        }
    }

    /// <summary>The name in capital letters; empty for the default, which is no command.</summary>
    public string Name => Verb?.Name ?? "";

    /// <summary>What may be done with it at a disconnect. Default: what is known of the command.</summary>
    public RespFlags Flags { get; init; }

    /// <summary>
    /// The one connection that it may be sent on, by the epoch that <see cref="RespReader.Epoch"/> and the gap event tell;
    /// on any other it fails with <see cref="RespConnectionException"/>. 0, the default: any.
    /// </summary>
    public long Epoch { get; init; }

    /// <summary>How long to wait for the reply. Null, the default: as long as the options say. Zero and less are refused.</summary>
    public TimeSpan? Timeout { get; init; }

    internal RespVerb? Verb { get; }

    /// <summary>How many arguments follow the name.</summary>
    internal int Count { get; }

    [UnscopedRef]
    internal ReadOnlySpan<RespArgument> Arguments => Count <= MostInline ? ((ReadOnlySpan<RespArgument>)_inline)[..Count] : _rest.Span;

    /// <summary>The name. Arguments are not shown.</summary>
    public override string ToString() => Name;

    [InlineArray(MostInline)]
    private struct Inline
    {
        private RespArgument _first;
    }
}
