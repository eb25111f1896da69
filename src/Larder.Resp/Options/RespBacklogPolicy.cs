namespace Larder.Resp;

/// <summary>What becomes of commands that are given while there is no connection.</summary>
public enum RespBacklogPolicy
{
    /// <summary>They fail at once. The default, right for caches: the caller has a source to fall back on.</summary>
    FailFast = 0,

    /// <summary>They wait for a connection, at most <see cref="RespOptions.BacklogLimit"/> of them, each until its own deadline.</summary>
    Queue = 1,
}
