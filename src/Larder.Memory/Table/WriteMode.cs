namespace Larder.Memory.Table;

/// <summary>What a write does with the entry that it finds.</summary>
internal enum WriteMode
{
    /// <summary>Stores, whatever is there.</summary>
    Set,

    /// <summary>Stores if no live entry is there.</summary>
    Add,

    /// <summary>Stores if the comparand is there.</summary>
    Update,

    /// <summary>Removes, whatever is there.</summary>
    Remove,

    /// <summary>Removes if the comparand is there.</summary>
    RemoveExact,
}
