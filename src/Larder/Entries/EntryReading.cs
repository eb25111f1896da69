namespace Larder.Entries;

/// <summary>What came out of an entry that was asked for a value of some type.</summary>
internal enum EntryReading
{
    /// <summary>The value.</summary>
    Value,

    /// <summary>The entry says that there is no such thing.</summary>
    NotFound,

    /// <summary>The entry holds a value of another type.</summary>
    WrongType,
}
