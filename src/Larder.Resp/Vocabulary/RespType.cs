using System.Diagnostics.CodeAnalysis;

namespace Larder.Resp;

/// <summary>The types of RESP3. The nulls of RESP2 count as <see cref="Null"/>.</summary>
[SuppressMessage("Naming", "CA1720", Justification = "These are RESP's own terms.")]
public enum RespType : byte
{
    /// <summary>Nothing has been read.</summary>
    None,

    /// <summary>A short text without line breaks (+).</summary>
    SimpleString,

    /// <summary>An error of one line (-).</summary>
    Error,

    /// <summary>A whole number of 64 bits (:).</summary>
    Integer,

    /// <summary>Bytes ($).</summary>
    BulkString,

    /// <summary>Elements in order (*).</summary>
    Array,

    /// <summary>Nothing: _ of RESP3, and $-1 and *-1 of RESP2.</summary>
    Null,

    /// <summary>True or false (#).</summary>
    Boolean,

    /// <summary>A floating-point number (,).</summary>
    Double,

    /// <summary>A whole number of any size (().</summary>
    BigNumber,

    /// <summary>An error as bytes (!).</summary>
    BulkError,

    /// <summary>A text that says its format in its first three bytes (=); the format and its colon are left out.</summary>
    VerbatimString,

    /// <summary>Keys and values in turn (%).</summary>
    Map,

    /// <summary>Elements without an order (~).</summary>
    Set,

    /// <summary>What the server sends without being asked (&gt;).</summary>
    Push,

    /// <summary>Something about the reply that follows (|); it is skipped.</summary>
    Attribute,
}
