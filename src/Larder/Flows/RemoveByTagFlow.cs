using Larder.Keys;

namespace Larder.Flows;

/// <summary>
/// Removes everything that carries a tag by moving the tag's fence: one write in each tier, however many entries carry it. The
/// entries are dropped when somebody meets them.
/// </summary>
internal sealed class RemoveByTagFlow(CacheParts parts, BelowFlow? below, ClearFlow clear)
{
    internal ValueTask<RemovalOutcome> Remove(string tag, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(tag);
        parts.ThrowIfClosed();
        if (tag == KeyRules.EverythingTag)
        {
            return clear.Clear(cancellationToken);
        }

        KeyRules.CheckTag(tag, parts.MaximumKeyLength);
        return RemoveOwn(tag, cancellationToken);
    }

    /// <summary>Removes a tag that the cache itself made up, such as that of a typed cache.</summary>
    internal ValueTask<RemovalOutcome> RemoveOwn(string tag, CancellationToken cancellationToken)
    {
        parts.ThrowIfClosed();
        return RemoveAll([tag], cancellationToken);
    }

    /// <summary>Checks all tags, then removes them.</summary>
    internal ValueTask<RemovalOutcome> RemoveMany(IEnumerable<string> tags, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(tags);
        parts.ThrowIfClosed();
        string[] all = [.. tags];
        foreach (var tag in all)
        {
            if (tag is null)
            {
                throw new ArgumentException("A tag is null; leave it out.", nameof(tags));
            }

            KeyRules.CheckTag(tag, parts.MaximumKeyLength);
        }

        if (all.Contains(KeyRules.EverythingTag))
        {
            return clear.Clear(cancellationToken);
        }

        return RemoveAll(all, cancellationToken);
    }

    private ValueTask<RemovalOutcome> RemoveAll(string[] tags, CancellationToken cancellationToken)
    {
        Drop(tags);
        if (below is not null && tags.Length > 0)
        {
            return below.WaitAsync(RemoveBelowAsync(tags), cancellationToken);
        }

        Announce(tags);
        return new(RemovalOutcome.Done);
    }

    private async Task<RemovalOutcome> RemoveBelowAsync(string[] tags)
    {
        var outcome = await below!.RemoveAsync(RemovalKind.Tag, tags, () => Drop(tags)).ConfigureAwait(false);
        Announce(tags);
        return outcome;
    }

    private void Drop(string[] tags)
    {
        foreach (var tag in tags)
        {
            parts.Tags.Move(tag);
        }
    }

    private void Announce(string[] tags)
    {
        foreach (var tag in tags)
        {
            parts.Announce(new Removal(RemovalKind.Tag, tag, IsLocal: true));
        }
    }
}
