namespace Larder.Ports;

/// <summary>What a key of a shared store holds.</summary>
public enum AuthorityKind
{
    /// <summary>Nothing.</summary>
    Nothing = 0,

    /// <summary>A value.</summary>
    Value = 1,

    /// <summary>The lease of a node that is loading the key, or setting it.</summary>
    Lease = 2,

    /// <summary>A token planted by a snapshot. It makes nobody wait.</summary>
    Snapshot = 3,

    /// <summary>The hold of a writer: the key may be loaded, not stored.</summary>
    Hold = 4,

    /// <summary>A 64-bit number.</summary>
    Number = 5,
}
