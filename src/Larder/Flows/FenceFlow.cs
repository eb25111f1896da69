using Larder.Fences;
using Larder.Ports;
using Larder.Tiers;

namespace Larder.Flows;

/// <summary>
/// Learns the authority's tokens of the fences that something depends on. What is known already costs nothing: the authority announces when it changes.
/// </summary>
internal sealed class FenceFlow(CacheParts parts, Authority authority)
{
    /// <summary>
    /// Makes sure that the tokens of the cache's fence and of these tags are known. False when the authority could not be asked.
    /// </summary>
    /// <param name="era">The stamp of the cache's fence that was taken first of all.</param>
    /// <param name="tags">The tags' stamps; null for none.</param>
    /// <param name="more">More tags' stamps; null for none.</param>
    /// <param name="anyTag">The any-tag stamp, when late tags may come; else null.</param>
    internal ValueTask<bool> KnowAsync(FenceStamp era, TagStamp[]? tags, TagStamp[]? more = null, FenceStamp? anyTag = null)
    {
        List<(FenceName Name, FenceStamp Stamp)>? unknown = null;
        Note(FenceName.Cache, era);
        NoteAll(tags);
        NoteAll(more);
        if (anyTag is not null)
        {
            Note(FenceName.AnyTag, anyTag);
        }

        return unknown is null ? new ValueTask<bool>(true) : LearnAsync(era, unknown);

        void Note(FenceName name, FenceStamp stamp)
        {
            if (!stamp.TryGetToken(era, out _))
            {
                (unknown ??= []).Add((name, stamp));
            }
        }

        void NoteAll(TagStamp[]? stamps)
        {
            foreach (ref readonly var stamp in stamps.AsSpan())
            {
                Note(FenceName.OfTag(stamp.Tag), stamp.Stamp);
            }
        }
    }

    /// <summary>The same for what several entries depend on, with one question for all of them.</summary>
    /// <param name="era">The stamp of the cache's fence that was taken first of all.</param>
    /// <param name="groups">The tags' stamps of each; null for none at all.</param>
    internal ValueTask<bool> KnowAllAsync(FenceStamp era, List<TagStamp[]>? groups)
    {
        List<(FenceName Name, FenceStamp Stamp)> unknown = [];
        HashSet<FenceStamp>? noted = null;
        if (!era.TryGetToken(era, out _))
        {
            unknown.Add((FenceName.Cache, era));
        }

        foreach (var group in groups ?? [])
        {
            foreach (ref readonly var tag in group.AsSpan())
            {
                if (!tag.Stamp.TryGetToken(era, out _) && (noted ??= []).Add(tag.Stamp))
                {
                    unknown.Add((FenceName.OfTag(tag.Tag), tag.Stamp));
                }
            }
        }

        return unknown.Count == 0 ? new ValueTask<bool>(true) : LearnAsync(era, unknown);
    }

    /// <summary>True when nothing needs to be asked for.</summary>
    internal static bool AreKnown(FenceStamp era, TagStamp[]? tags)
    {
        var areKnown = era.TryGetToken(era, out _);
        foreach (ref readonly var tag in tags.AsSpan())
        {
            areKnown = areKnown && tag.Stamp.TryGetToken(era, out _);
        }

        return areKnown;
    }

    /// <summary>
    /// For tags that a factory has added: learns their tokens, and only then reads the any-tag fence once more. True when that has not moved since it was read before the load; a
    /// removal moves it first, so that one of the two readings shows every removal that the load may have missed.
    /// </summary>
    internal async ValueTask<bool> KnowLateAsync(FenceStamp era, FenceStamp anyTag, TagStamp[] late)
    {
        if (!anyTag.TryGetToken(era, out var before))
        {
            return false;
        }

        var names = new FenceName[late.Length + 1];
        for (var i = 0; i < late.Length; i++)
        {
            names[i] = FenceName.OfTag(late[i].Tag);
        }

        names[^1] = FenceName.AnyTag;
        if (await authority.ReadFencesAsync(names).ConfigureAwait(false) is not { } tokens || tokens.Length != names.Length)
        {
            return false;
        }

        for (var i = 0; i < late.Length; i++)
        {
            late[i].Stamp.Learn(tokens[i], era);
        }

        return tokens[^1] == before && ReferenceEquals(parts.Tags.AnyTag.Stamp, anyTag);
    }

    private async ValueTask<bool> LearnAsync(FenceStamp era, List<(FenceName Name, FenceStamp Stamp)> unknown)
    {
        var names = new FenceName[unknown.Count];
        for (var i = 0; i < names.Length; i++)
        {
            names[i] = unknown[i].Name;
        }

        if (await authority.ReadFencesAsync(names).ConfigureAwait(false) is not { } tokens || tokens.Length != names.Length)
        {
            return false;
        }

        for (var i = 0; i < names.Length; i++)
        {
            unknown[i].Stamp.Learn(tokens[i], era);
        }

        return true;
    }
}
