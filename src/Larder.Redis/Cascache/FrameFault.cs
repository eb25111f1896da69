namespace Larder.Redis.Cascache;

/// <summary>What is wrong with the bytes of a frame. The names in lower case are the tags of the meter.</summary>
internal enum FrameFault
{
    None = 0,

    /// <summary>There are fewer bytes than a header has, or a field is cut off.</summary>
    TooShort,

    /// <summary>It does not begin with "CASC".</summary>
    Magic,

    /// <summary>It is of another version than 1.</summary>
    Version,

    /// <summary>It is a bulk where a single was asked for, or the other way round, or neither.</summary>
    Kind,

    /// <summary>A payload claims more bytes than there are.</summary>
    PayloadTooLong,

    /// <summary>Bytes follow behind the end.</summary>
    TrailingBytes,

    /// <summary>More members are claimed than the bytes could hold.</summary>
    TooManyMembers,

    /// <summary>A member has a key of no bytes.</summary>
    EmptyKey,

    /// <summary>A key claims more bytes than there are.</summary>
    KeyTooLong,
}
