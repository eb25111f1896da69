namespace Larder.Redis.Connecting;

/// <summary>What to do about errors that a server answers, by their codes.</summary>
internal static class Refusals
{
    /// <summary>True when the text of an error says that the user lacks a right. Inside a script the code of such an error is ERR.</summary>
    internal static bool IsOfRights(string? text) =>
        text is not null
        && (text.Contains("NOPERM", StringComparison.Ordinal)
            || text.Contains("ACL failure in script", StringComparison.Ordinal)
            || text.Contains("The user executing the script can't", StringComparison.Ordinal));

    /// <summary>A sentence with a space before it; nothing for a code that is not known.</summary>
    internal static string Remedy(string code) => code switch
    {
        "NOPERM" => " The user lacks a permission: docs/redis.md lists what is needed (Permissions).",
        "NOAUTH" or "WRONGPASS" => " Set user and password of the connection.",
        "READONLY" => " The server is a replica: name the primary, or Sentinels. After a failover it is looked for again by itself.",
        "OOM" => " The server has no memory left: raise its maxmemory, or set an eviction policy such as allkeys-lru.",
        "LOADING" => " The server is still reading its data: wait.",
        "MASTERDOWN" or "CLUSTERDOWN" => " A failover is under way, or slots have no server: look at the servers.",
        "NOREPLICAS" => " Too few replicas are in step for the server's min-replicas-to-write.",
        _ => "",
    };
}
