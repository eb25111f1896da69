namespace Larder.Resp;

/// <summary>When SET stores.</summary>
public enum RespSetWhen
{
    /// <summary>In any case.</summary>
    Always,

    /// <summary>Only if the key is not there (NX).</summary>
    Absent,

    /// <summary>Only if the key is there (XX).</summary>
    Present,
}
