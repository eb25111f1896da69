namespace Larder.Entries;

/// <summary>What the source can be asked "has it changed?" with.</summary>
internal sealed record Validators(string? ETag, DateTimeOffset? LastModified);
