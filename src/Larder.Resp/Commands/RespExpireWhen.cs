namespace Larder.Resp;

/// <summary>Under which condition a key gets a new end of its life. Needs Redis 7.</summary>
public enum RespExpireWhen
{
    /// <summary>It lives for ever so far.</summary>
    HasNone,

    /// <summary>It has an end so far.</summary>
    HasOne,

    /// <summary>The new end is later than the one so far; living for ever is later than any.</summary>
    Later,

    /// <summary>The new end is earlier than the one so far; living for ever is later than any.</summary>
    Earlier,
}
