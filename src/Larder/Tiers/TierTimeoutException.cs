using System.Diagnostics.CodeAnalysis;

namespace Larder.Tiers;

/// <summary>A call to a tier that was given up after its time. A type of its own, because its message is ours and may be shown.</summary>
[SuppressMessage("Design", "CA1064", Justification = "Users see it as the TimeoutException that it is.")]
internal sealed class TierTimeoutException(string message) : TimeoutException(message);
