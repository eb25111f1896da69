namespace Larder.Resp;

/// <summary>What may be done with a command when its connection is lost before its reply has come.</summary>
[Flags]
public enum RespFlags
{
    /// <summary>
    /// It is sent again only if it was certainly not written yet; otherwise it fails with
    /// <see cref="RespIndeterminateException"/>.
    /// </summary>
    None = 0,

    /// <summary>Carrying it out twice does no harm (reads, UNLINK): it is sent again within its time limit.</summary>
    Repeatable = 1,

    /// <summary>It is never sent again, not even when it was certainly not written yet.</summary>
    NeverResend = 2,

    /// <summary>It changes nothing, so with <see cref="RespOptions.ReadFromReplicas"/> it may go to a replica. Known reads of keys have it.</summary>
    ReadOnly = 4,
}
