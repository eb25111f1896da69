namespace FileTier;

/// <summary>What a file holds. Kept in the files: never renumber.</summary>
internal enum EntryKind : byte
{
    /// <summary>Nothing: there is no file, or its time is over.</summary>
    None = 0,
    Value = 1,
    Number = 2,
    Fence = 3,
}
