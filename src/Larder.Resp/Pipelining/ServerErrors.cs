using System.Globalization;
using Larder.Resp.Framing;

namespace Larder.Resp.Pipelining;

/// <summary>Makes exceptions of error replies.</summary>
internal static class ServerErrors
{
    /// <summary>The code of the error that a script is not known, and was not run.</summary>
    internal const string NoScript = "NOSCRIPT";

    /// <summary>The code of the error that stands for a string that was too long to be kept.</summary>
    internal const string TooLarge = "TOOLARGE";

    private static readonly string[] Refusals = ["WRONGPASS", "NOAUTH"];

    internal static RespServerException Of(ref RespReader reply) => Of(reply.GetString() ?? "");

    internal static RespServerException Of(string text)
    {
        if (text is [LongBulk.Mark, ..])
        {
            return new RespServerException(TooLarge, $"{TooLarge} The server's answer has a string beyond the limit, which was not kept. Raise Limits.{nameof(RespLimits.MaximumBulk)} if that is to be expected.");
        }

        var space = text.IndexOf(' ', StringComparison.Ordinal);
        var code = space < 0 ? text : text[..space];
        if (code is "MOVED" or "ASK" && TryReadTarget(text, out var slot, out var target))
        {
            return new RespRedirectException(code, text, slot, target);
        }

        return new RespServerException(code, text);
    }

    /// <summary>True when the server does not believe who we are.</summary>
    internal static bool IsRefusal(RespServerException error) =>
        Refusals.Contains(error.Code) || error.Message.Contains("invalid password", StringComparison.OrdinalIgnoreCase);

    // MOVED 3999 127.0.0.1:6381
    private static bool TryReadTarget(string text, out int slot, out string target)
    {
        var words = text.Split(' ');
        target = words.Length > 2 ? words[2] : "";
        slot = 0;
        return target.Length > 0 && int.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out slot);
    }
}
