using System.Text;

namespace Larder.Redis.Layout;

/// <summary>A script, in two forms: as it is, and with a message to the other nodes wherever it has changed something that they may keep. An @ in the text stands for the message.</summary>
/// <remarks>
/// The message is numbered by a counter of the cache, KEYS[2]; the last two arguments are the channel, and the sender with the name of what has changed. A counter that can not be raised gives the number 0,
/// which every receiver takes for a gap.
/// </remarks>
internal sealed class Script
{
    private const string Teller =
        "local function T()local n=redis.pcall('INCR',KEYS[2])redis.call('PUBLISH',ARGV[#ARGV-1],(type(n)=='number'and n or 0)..ARGV[#ARGV])end ";

    internal Script(string text)
    {
        var line = text.ReplaceLineEndings(" ");
        Text = Encoding.ASCII.GetBytes(line.Replace("@", "", StringComparison.Ordinal));
        Telling = line.Contains('@', StringComparison.Ordinal) ? Encoding.ASCII.GetBytes(Teller + line.Replace("@", "T()", StringComparison.Ordinal)) : null;
    }

    internal byte[] Text { get; }

    /// <summary>With the message; null when it changes nothing that others keep.</summary>
    internal byte[]? Telling { get; }
}
