namespace Larder.Redis.Tests.Kit;

/// <summary>An answer of a link, copied.</summary>
internal sealed record ProbedAnswer(
    AuthorityKind Kind, FenceToken Token, long Number, long Milliseconds, string Body, IReadOnlyList<RegistryNode>? Nodes, Exception? Failure, bool HasFailed)
{
    /// <summary>What must be the same whatever the store; times are not, and nodes stand in any order.</summary>
    internal string Comparable =>
        HasFailed ? "failed" : $"{Kind} {Token} {Number} {Body} {(Nodes is null ? "none" : string.Join(',', Nodes.OrderBy(static node => node.Id, StringComparer.Ordinal)))}";
}
