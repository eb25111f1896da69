using Larder.Keys;

namespace Larder.Flows;

/// <summary>
/// Removes everything that carries a tag by moving the tag's fence: one write, however many entries carry it. The
/// entries are dropped when somebody meets them.
/// </summary>
internal sealed class RemoveByTagFlow(CacheParts parts, ClearFlow clear)
{
    internal RemovalOutcome Remove(string tag)
    {
        ArgumentNullException.ThrowIfNull(tag);
        parts.ThrowIfClosed();
        if (tag == KeyRules.EverythingTag)
        {
            return clear.Clear();
        }

        KeyRules.CheckTag(tag, parts.MaximumKeyLength);
        return RemoveOwn(tag);
    }

    /// <summary>Removes a tag that the cache itself made up, such as that of a typed cache.</summary>
    internal RemovalOutcome RemoveOwn(string tag)
    {
        parts.ThrowIfClosed();
        parts.Tags.Move(tag);
        parts.Announce(new Removal(RemovalKind.Tag, tag, IsLocal: true));
        return RemovalOutcome.Done;
    }

    /// <summary>Checks all tags, then removes them.</summary>
    internal RemovalOutcome RemoveMany(IEnumerable<string> tags)
    {
        ArgumentNullException.ThrowIfNull(tags);
        parts.ThrowIfClosed();
        string[] all = [.. tags];
        foreach (var tag in all)
        {
            ArgumentNullException.ThrowIfNull(tag, nameof(tags));
            KeyRules.CheckTag(tag, parts.MaximumKeyLength);
        }

        foreach (var tag in all)
        {
            Remove(tag);
        }

        return RemovalOutcome.Done;
    }
}
