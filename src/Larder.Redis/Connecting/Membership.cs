namespace Larder.Redis.Connecting;

/// <summary>A member, and the connection that it was told of. Guarded by the hub's lock.</summary>
internal sealed class Membership(IHubMember member)
{
    internal IHubMember Member { get; } = member;

    /// <summary>0 when it knows of none.</summary>
    internal long Epoch { get; set; }
}
