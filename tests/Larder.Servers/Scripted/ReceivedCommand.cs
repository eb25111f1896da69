using System.Text;

namespace Larder.Servers;

/// <summary>A command that a server received.</summary>
/// <param name="arguments">The command's name and its arguments.</param>
public sealed class ReceivedCommand(IReadOnlyList<byte[]> arguments)
{
    /// <summary>The command's name and its arguments.</summary>
    public IReadOnlyList<byte[]> Arguments { get; } = arguments;

    /// <summary>The command's name in upper case.</summary>
    public string Verb { get; } = Encoding.Latin1.GetString(arguments[0]).ToUpperInvariant();

    /// <summary>The name and the arguments as UTF-8.</summary>
    public IReadOnlyList<string> Texts { get; } = [.. arguments.Select(Encoding.UTF8.GetString)];

    /// <summary>The argument at a place, as UTF-8; the name stands at 0.</summary>
    public string this[int index] => Texts[index];

    /// <summary>Whether the command is this one; its name in any case.</summary>
    public bool Is(params string[] arguments) =>
        arguments.Length == Texts.Count
        && string.Equals(arguments[0], Verb, StringComparison.OrdinalIgnoreCase)
        && arguments.Skip(1).SequenceEqual(Texts.Skip(1), StringComparer.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => string.Join(' ', Texts);
}
