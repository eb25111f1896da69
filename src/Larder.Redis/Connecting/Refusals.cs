using Larder.Resp;

namespace Larder.Redis.Connecting;

/// <summary>What to do about errors that a server answers, by their codes.</summary>
internal static class Refusals
{
    private const int LongestName = 48;
    private const string BeforeName = "to run the '";

    /// <summary>What may be said of a refusal: not in the server's own words, because they may quote keys and values.</summary>
    /// <param name="what">What was refused.</param>
    /// <param name="error">The server's answer.</param>
    internal static RespServerException Of(string what, RespServerException error) => new($"Redis refused {what} ({error.Code}).{Remedy(error)}");

    /// <summary>A sentence with a space before it; nothing for an error that is not known.</summary>
    internal static string Remedy(RespServerException error)
    {
        if (!IsOfRights(error.Message))
        {
            return Remedy(error.Code);
        }

        return Command(error.Message) is { } name
            ? $" The user lacks the right to a command (+{name}): see Permissions in docs/redis.md."
            : " The user lacks a right, which ACL LOG on the server names: see Permissions in docs/redis.md.";
    }

    /// <summary>True when the text of an error says that the user lacks a right. Inside a script the code of such an error is ERR.</summary>
    internal static bool IsOfRights(string? text) =>
        text is not null
        && (text.Contains("NOPERM", StringComparison.Ordinal)
            || text.Contains("ACL failure in script", StringComparison.Ordinal)
            || text.Contains("The user executing the script can't", StringComparison.Ordinal));

    /// <summary>A sentence with a space before it; nothing for a code that is not known.</summary>
    internal static string Remedy(string code) => code switch
    {
        "NOAUTH" or "WRONGPASS" => " Set user and password of the connection.",
        "READONLY" => " The server is a replica: name the primary, or Sentinels. After a failover it is looked for again by itself.",
        "OOM" => " The server has no memory left: raise its maxmemory, or set an eviction policy such as allkeys-lru.",
        "LOADING" => " The server is still reading its data: wait.",
        "MASTERDOWN" or "CLUSTERDOWN" => " A failover is under way, or slots have no server: look at the servers.",
        "NOREPLICAS" => " Too few replicas are in step for the server's min-replicas-to-write.",
        _ => "",
    };

    /// <summary>The command that the text of a refusal names; null for none, and for what does not look like one.</summary>
    private static string? Command(string text)
    {
        var start = text.IndexOf(BeforeName, StringComparison.Ordinal) + BeforeName.Length;
        var end = start < BeforeName.Length ? -1 : text.IndexOf('\'', start);
        if (end <= start || end - start > LongestName)
        {
            return null;
        }

        var name = text[start..end];
        return name.All(static letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter is '|' or '-' or '_' or '.') ? name : null;
    }
}
