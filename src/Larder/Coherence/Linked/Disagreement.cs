using System.Globalization;

namespace Larder.Coherence;

/// <summary>The registry was made by nodes that are set otherwise than this one.</summary>
/// <param name="Registry">What it is called in the store; null when that means nothing.</param>
/// <param name="Own">What this node would have made it with.</param>
/// <param name="Other">What it was made with; 0 when what is kept there is no registry.</param>
internal sealed record Disagreement(string? Registry, long Own, long Other)
{
    /// <summary>The settings, their values, and the remedy, as sentences.</summary>
    internal string Describe(string tier)
    {
        var (own, other) = (RegistryTerms.LeaseOf(Own), RegistryTerms.LeaseOf(Other));
        var (ownRanges, otherRanges) = (RegistryTerms.RangesOf(Own), RegistryTerms.RangesOf(Other));
        var registry = Registry is null ? $"the registry on {tier}" : $"the registry {Registry} on {tier}";
        if (Other == 0)
        {
            return $"what is kept as {registry} is no registry, so another program has written over it. Delete it; nodes make it anew by themselves.";
        }

        var difference = ownRanges == otherRanges
            ? string.Create(CultureInfo.InvariantCulture, $"the lease time (CoherenceLease) is {own} ms here, but {registry} was made with {other} ms")
            : string.Create(CultureInfo.InvariantCulture, $"the number of ranges (ClusterRanges) is {ownRanges} here, but {registry} was made with {otherRanges}");
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{difference}. Give all nodes the same; when no node that is set otherwise has renewed for {RegistryTerms.OutwaitsAfterOf(other)} ms, this one takes the registry over by itself.");
    }
}
