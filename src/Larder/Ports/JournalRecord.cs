namespace Larder.Ports;

/// <summary>One removal that waits for a tier.</summary>
/// <param name="Sequence">Its number; each record's is larger than the one before it.</param>
/// <param name="Kind">What it covers: a key, a tag, or everything.</param>
/// <param name="Name">The key or the tag; null for everything.</param>
public readonly record struct JournalRecord(long Sequence, RemovalKind Kind, string? Name);
