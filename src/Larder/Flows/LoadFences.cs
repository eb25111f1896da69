using Larder.Fences;

namespace Larder.Flows;

/// <summary>The fences of a load as they were before it began.</summary>
/// <param name="Cache">The stamp of the whole cache's fence.</param>
/// <param name="AnyTag">The stamp that moves with every removal of a tag.</param>
/// <param name="Tags">The stamps of the tags that the caller gave; null for none.</param>
internal readonly record struct LoadFences(FenceStamp Cache, FenceStamp AnyTag, TagStamp[]? Tags);
