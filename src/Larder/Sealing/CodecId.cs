namespace Larder.Sealing;

/// <summary>How a payload was encoded. The numbers stand in stored bodies (docs/wire-format.md): never change or reuse one.</summary>
internal enum CodecId : byte
{
    /// <summary>There is no payload: the value is null, or there is no such thing.</summary>
    None = 0,

    /// <summary>JSON as System.Text.Json writes it, in UTF-8.</summary>
    Json = 1,

    /// <summary>The bytes are the value.</summary>
    Bytes = 2,

    /// <summary>Text in UTF-8.</summary>
    Text = 3,

    /// <summary>Text in UTF-16 with the low byte first: only for strings that are no well-formed text, which UTF-8 can not hold.</summary>
    CodeUnits = 4,

    /// <summary>A serializer of the application; the contract says which.</summary>
    Custom = 5,
}
