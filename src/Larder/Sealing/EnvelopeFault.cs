namespace Larder.Sealing;

/// <summary>Why a stored body can not be used. Each is a miss with this reason; docs/wire-format.md says what to do about them.</summary>
internal enum EnvelopeFault
{
    /// <summary>Nothing is wrong.</summary>
    None,

    /// <summary>Shorter than any body.</summary>
    Truncated,

    /// <summary>The checksum does not fit the bytes.</summary>
    Corrupt,

    /// <summary>Written in a format that this version does not know.</summary>
    UnknownVersion,

    /// <summary>Marked with a flag that this version does not know.</summary>
    UnknownFlag,

    /// <summary>Compressed, which this version can not undo.</summary>
    Compressed,

    /// <summary>Encrypted, which this version can not undo.</summary>
    Encrypted,

    /// <summary>Stored under another key: the store, or the way to it, mixed up answers.</summary>
    OtherKey,

    /// <summary>The checksum fits, but the fields make no sense.</summary>
    Malformed,

    /// <summary>The payload was encoded in a way that this version does not know.</summary>
    UnknownCodec,

    /// <summary>The payload is a value of another type, or was changed or encoded by something that is not registered here.</summary>
    OtherContract,

    /// <summary>The codec or the transformer failed on the payload.</summary>
    Undecodable,
}
