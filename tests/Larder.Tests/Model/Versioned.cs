namespace Larder.Tests.Model;

/// <summary>A value as the model's source hands it out: which key, which version of it, and whether it carries the late tag.</summary>
internal sealed record Versioned(int Key, long Version, bool HasLateTag);
