using System.Security.Cryptography;
using System.Text;

namespace Larder.Resp;

/// <summary>A Lua script. It is sent by its hash; a server that does not know it is sent the text. Make one and keep it. Safe for any number of threads.</summary>
public sealed class RespScript
{
    /// <summary>Makes a script.</summary>
    /// <param name="text">The text in Lua.</param>
    /// <param name="flags">What may be done with it at a disconnect. The default: it is not repeated, since nobody knows what it does.</param>
    public RespScript(string text, RespFlags flags = RespFlags.None)
    {
        ArgumentException.ThrowIfNullOrEmpty(text);
        Text = text;
        Flags = flags;
        Hash = HashOf(text);
    }

    /// <summary>The text.</summary>
    public string Text { get; }

    /// <summary>The hash by which the server knows it: SHA-1 in lower-case hex.</summary>
    public string Hash { get; }

    /// <summary>What may be done with it at a disconnect.</summary>
    public RespFlags Flags { get; }

    // The server names scripts so; nothing here relies on SHA-1 being hard to break.
    [System.Diagnostics.CodeAnalysis.SuppressMessage("Security", "CA5350", Justification = "EVALSHA is defined with SHA-1.")]
    private static string HashOf(string text) => Convert.ToHexStringLower(SHA1.HashData(Encoding.UTF8.GetBytes(text)));
}
