namespace Larder.Memory.Tests.Kit;

/// <summary>What the model holds of a key: its value, when it expires and by how much a read prolongs it, in seconds.</summary>
internal readonly record struct ModelEntry(object Value, long Deadline, long Sliding);
