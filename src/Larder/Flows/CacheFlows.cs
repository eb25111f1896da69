using Larder.Coherence;
using Larder.Ports;

namespace Larder.Flows;

/// <summary>All that can be done with one cache, one flow each.</summary>
internal sealed class CacheFlows
{
    internal CacheFlows(CacheParts parts, long drainMilliseconds, IJournal? journal, bool queuesRemovals)
    {
        var serving = new Serving(parts);
        var settle = new SettleFlow(parts);
        var source = new SourceFlow(parts, settle);
        var bulk = new BulkSourceFlow(parts, settle, source);
        LookFlow? look = null;
        ChainFlow? lead = null;
        FenceFlow? fences = null;
        Bodies? bodies = null;
        BelowFlow? below = null;
        if (parts.Chain is { } chain)
        {
            fences = new FenceFlow(parts, chain.Authority);
            bodies = new Bodies(parts);
            look = new LookFlow(parts, chain, fences, bodies);
            lead = new ChainFlow(parts, chain, source, settle, look, fences, bodies);
            below = new BelowFlow(parts, chain);
            source.LeadsBelow = lead;
            bulk.LeadsBelow = new BulkChainFlow(chain, lead, bulk, settle, look, fences);
            if (queuesRemovals)
            {
                parts.Queue = new QueuedRemovals(
                    parts.Scheduler,
                    journal,
                    record => below.TellAsync(record.Kind, record.Name is null ? default : new[] { record.Name }),
                    isBehind => chain.Authority.IsBehind = isBehind,
                    failed => parts.Report.HandlerFailed(nameof(IJournal), failed));
            }
        }

        Parts = parts;
        Read = new ReadFlow(parts, serving, look);
        var join = new JoinFlow(parts, serving, settle);
        Load = new LoadFlow(parts, serving, settle, source, Read, join, lead);
        BulkRead = new BulkReadFlow(parts, serving, Read, look);
        BulkLoad = new BulkLoadFlow(parts, serving, join, bulk, BulkRead);
        Write = new WriteFlow(parts, below, fences, bodies);
        Remove = new RemoveFlow(parts, below);
        Clear = new ClearFlow(parts, below);
        RemoveByTag = new RemoveByTagFlow(parts, below, Clear);
        Expire = new ExpireFlow(parts, below);
        Increment = new IncrementFlow(parts, below);
        CompareAndSet = new CompareAndSetFlow(parts, below, fences, bodies);
        AddTags = new AddTagsFlow(parts, below, fences, bodies);
        Hold = new HoldFlow(parts, below);
        Lock = new LockFlow(parts);
        Publish = new PublishFlow(parts);
        Close = new CloseFlow(parts, settle, drainMilliseconds);
    }

    internal CacheParts Parts { get; }

    internal LoadFlow Load { get; }

    internal ReadFlow Read { get; }

    internal BulkLoadFlow BulkLoad { get; }

    internal BulkReadFlow BulkRead { get; }

    internal WriteFlow Write { get; }

    internal RemoveFlow Remove { get; }

    internal RemoveByTagFlow RemoveByTag { get; }

    internal ClearFlow Clear { get; }

    internal ExpireFlow Expire { get; }

    internal IncrementFlow Increment { get; }

    internal CompareAndSetFlow CompareAndSet { get; }

    internal AddTagsFlow AddTags { get; }

    internal HoldFlow Hold { get; }

    internal LockFlow Lock { get; }

    internal PublishFlow Publish { get; }

    internal CloseFlow Close { get; }
}
